// SPDX-License-Identifier: BSL-1.0
#include "story.hpp"

#include "child_process.hpp"

#include "devp2p/messages/disconnect_reason.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace devp2p::demo {

namespace {

using json = nlohmann::json;
using clock = child_process::clock;

/// The time limit of the whole story. An event that is missing then is not waited for any longer.
constexpr auto patience = std::chrono::seconds{12};

struct party {
  std::string name;
  /// The number of the colour in ANSI escape codes.
  int colour;
  child_process process;
  /// Events that were read and are not part of the story yet.
  std::deque<json> events = {};
};

class story {
public:
  explicit story(const std::string& program)
    : alice_{"alice", 36, child_process{{program, "--party", "alice", "1"}}},
      bob_{"bob", 33, child_process{{program, "--party", "bob", "2"}}} {}

  /// Runs the story and returns the exit status.
  int tell();

private:
  // The parts of the story, in this order.
  void meet();
  void talk();
  void measure();
  void fall_out();
  void part();

  void dial();
  void negotiated(party& who, const std::string& offers_of_other);
  void say(party& who, const std::string& protocol, const std::string& text);
  void hear(party& who, const std::string& protocol, const std::string& text);
  void ended(party& who, disconnect_reason reason, bool by_remote);

  /// Returns the next event of that kind; an empty object if there is none before the deadline.
  json await(party& who, const std::string& event);
  void read(party& who, const std::string& line);
  void print(const party& who, const std::string& what) const;
  void expect(bool condition, const std::string& what);

  const clock::time_point start_ = clock::now();
  const clock::time_point deadline_ = start_ + patience;
  const bool colours_ = ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  party alice_;
  party bob_;
  std::string bobs_url_;
  /// The expectations that were not met.
  std::vector<std::string> missed_;
};

std::string joined(const json& list) {
  std::string out;
  for (const auto& x : list)
    out += (out.empty() ? "" : ", ") + x.get<std::string>();
  return out;
}

/// Shortens an enode URL to fit on a line: eight digits of the id are left.
std::string shortened(const std::string& url) {
  auto at = std::min(url.find('@'), url.size());
  return url.substr(0, 16) + "…" + url.substr(at);
}

std::string fixed(double x, int digits) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << x;
  return out.str();
}

int story::tell() {
  std::cout << "Two processes, a devp2p node in each.\n\n";
  meet();
  talk();
  measure();
  fall_out();
  part();
  std::cout << '\n';
  for (const auto& x : missed_)
    std::cout << "did not happen: " << x << '\n';
  if (!missed_.empty())
    return 1;
  auto taken = std::chrono::duration<double>(clock::now() - start_);
  std::cout << "everything happened as it should (" << fixed(taken.count(), 1) << " s)\n";
  return 0;
}

void story::meet() {
  bobs_url_ = await(bob_, "listening").value("enode", "");
  print(bob_, "listens at " + shortened(bobs_url_));
  dial();
  negotiated(alice_, "chat/2, chat/3, echo/1");
  negotiated(bob_, "chat/1, chat/2, echo/1");
}

void story::dial() {
  print(alice_, "dials bob");
  alice_.process.write_line("dial " + bobs_url_, deadline_);
}

void story::negotiated(party& who, const std::string& offers_of_other) {
  auto session = await(who, "session");
  auto other = &who == &alice_ ? "bob" : "alice";
  auto offered = session.value("offered", json::array());
  std::sort(offered.begin(), offered.end());
  auto shared = joined(session.value("shared", json::array()));
  for ([[maybe_unused]] auto handler : {"chat", "echo"})
    await(who, "ready");
  print(who, std::string{"RLPx handshake with "} + other + ", who offers " + joined(offered) +
               "; shared: " + shared);
  expect(session.value("client", "") == std::string{"demo/"} + other, who.name + " meets " + other);
  expect(joined(offered) == offers_of_other, std::string{other} + " offers " + offers_of_other);
  expect(shared == "chat/2, echo/1", who.name + " shares chat/2 and echo/1");
}

void story::talk() {
  for (auto [one, other] : {std::pair{&alice_, &bob_}, std::pair{&bob_, &alice_}}) {
    say(*one, "echo", "Is anybody there, " + other->name + "?");
    hear(*one, "echo", "Is anybody there, " + other->name + "?");
  }
  say(alice_, "chat", "Good morning, bob.");
  hear(bob_, "chat", "Good morning, bob.");
  say(bob_, "chat", "Good morning, alice.");
  hear(alice_, "chat", "Good morning, alice.");
}

void story::say(party& who, const std::string& protocol, const std::string& text) {
  print(who, protocol + " → " + text);
  who.process.write_line(protocol + ' ' + text, deadline_);
}

void story::hear(party& who, const std::string& protocol, const std::string& text) {
  auto heard = await(who, protocol).value("text", "");
  print(who, protocol + " ← " + heard);
  expect(heard == text, who.name + " hears \"" + text + "\" by " + protocol);
}

void story::measure() {
  for (auto* who : {&alice_, &bob_}) {
    std::string line = "pings, and the pongs come after";
    for (auto separator : {" ", ", ", ", "}) {
      auto nanoseconds = await(*who, "ping").value("nanoseconds", 0.0);
      line += separator + fixed(nanoseconds / 1e6, 2) + " ms";
      expect(nanoseconds > 0, who->name + " gets a pong");
    }
    print(*who, line);
  }
}

void story::fall_out() {
  print(alice_, "chat → something that makes bob's handler throw");
  alice_.process.write_line("provoke ", deadline_);
  ended(bob_, disconnect_reason::subprotocol_error, false);
  ended(alice_, disconnect_reason::subprotocol_error, true);
}

void story::ended(party& who, disconnect_reason reason, bool by_remote) {
  auto end = await(who, "end");
  auto other = &who == &alice_ ? "bob" : "alice";
  auto text = end.value("text", "nothing");
  if (by_remote)
    print(who, std::string{other} + " has ended the session: " + text);
  else
    print(who, std::string{"ends the session and tells "} + other + ": " + text + " (" +
                 end.value("error", "") + ')');
  expect(end.value("reason", json{}) == static_cast<unsigned>(reason) &&
           end.value("by_remote", !by_remote) == by_remote &&
           (by_remote || end.value("told", false)),
         who.name + " reports the end: " + to_string(reason) + ", asked for by " +
           (by_remote ? other : who.name));
}

void story::part() {
  dial();
  expect(!await(alice_, "session").empty() && !await(bob_, "session").empty(),
         "bob's node outlives his handler");
  print(bob_, "is still there: one session is lost, not the node");
  alice_.process.end_input();
  ended(alice_, disconnect_reason::client_quitting, false);
  ended(bob_, disconnect_reason::client_quitting, true);
  bob_.process.end_input();
  for (auto* who : {&alice_, &bob_}) {
    while (auto line = who->process.read_line(deadline_))
      read(*who, *line);
    expect(who->process.wait(deadline_) == 0, who->name + "'s process ends in order");
  }
}

json story::await(party& who, const std::string& event) {
  for (;;) {
    auto found = std::find_if(who.events.begin(), who.events.end(),
                              [&](const json& x) { return x.value("event", "") == event; });
    if (found != who.events.end()) {
      auto out = std::move(*found);
      who.events.erase(found);
      return out;
    }
    auto line = who.process.read_line(deadline_);
    if (!line) {
      expect(false, who.name + " reports: " + event);
      return json::object();
    }
    read(who, *line);
  }
}

void story::read(party& who, const std::string& line) {
  auto event = json::parse(line, nullptr, false);
  if (!event.is_object())
    return print(who, line); // The actor system's report of an uncaught exception.
  if (event.value("event", "") == "failure")
    missed_.push_back(who.name + " goes on without a failure: " + event.value("text", ""));
  who.events.push_back(std::move(event));
}

void story::print(const party& who, const std::string& what) const {
  auto padding = std::string(who.name.size() < 8 ? 8 - who.name.size() : 1, ' ');
  auto name =
    colours_ ? "\x1b[" + std::to_string(who.colour) + 'm' + who.name + "\x1b[0m" : who.name;
  std::cout << name + padding + what + '\n' << std::flush;
}

void story::expect(bool condition, const std::string& what) {
  if (!condition)
    missed_.push_back(what);
}

} // namespace

int tell_story(const std::string& program) {
  return story{program}.tell();
}

} // namespace devp2p::demo
