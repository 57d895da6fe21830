// SPDX-License-Identifier: BSL-1.0
//
// The case `budget`: how much memory a hub takes when remotes never read while its handlers write
// large messages, and when remotes send large messages that its handlers keep; how many sessions it
// ends for that; and whether a small session goes on meanwhile.
#include "bare_remote.hpp"
#include "child_process.hpp"
#include "load.hpp"
#include "payloads.hpp"
#include "waiting.hpp"

#include <algorithm>
#include <future>
#include <sstream>
#include <vector>

namespace devp2p::bench {

namespace {

struct hub_figures {
  double peak_growth = 0;
  double peak_counted = 0;
  double limit = 0;
  double ended = 0;
  double others_ended = 0;
};

/// This program again, as a process of its own.
class budget_hub {
public:
  budget_hub(const options& chosen, std::string_view data)
    : process_({"/proc/self/exe", "--budget-hub", std::string{data}, "--budget",
                std::to_string(chosen.budget), "--budget-message",
                std::to_string(chosen.budget_message)}) {}

  std::string line() {
    if (auto out = process_.read_line(deadline()))
      return *out;
    throw std::runtime_error("the hub says nothing");
  }

  hub_figures look() {
    process_.write_line("look", deadline());
    hub_figures out;
    std::istringstream{line()} >> out.peak_growth >> out.peak_counted >> out.limit >> out.ended >>
      out.others_ended;
    return out;
  }

private:
  static child_process::clock::time_point deadline() {
    return child_process::clock::now() + std::chrono::seconds{30};
  }

  child_process process_;
};

/// Remotes that misbehave, on a loop of their own.
class crowd {
public:
  /// Dials them one after the other, so that their sessions begin one after the other.
  crowd(const enode& target, std::size_t count, const std::string& capability, byte_view payload) {
    for (std::size_t i = 0; i < count; ++i) {
      auto& added =
        members_.emplace_back(std::make_unique<bare_remote>(network_, target, capability, payload));
      network_.loop()->post([&added = *added] { added.dial(); });
      wait(
        0, [&] { return added->is_ready(); }, "a session of the hub");
    }
  }

  ~crowd() {
    std::promise<void> cleared;
    network_.loop()->post([&] {
      members_.clear();
      cleared.set_value();
    });
    cleared.get_future().wait();
  }

private:
  net::asio_network network_;
  std::vector<std::unique_ptr<bare_remote>> members_;
};

handler_actor::behavior_type wait_for_small_echo(handler_actor::pointer self, const channel& link,
                                                 roster* handlers, message_count* arrived) {
  handlers->add({self, link});
  return {[=](const packet&) { ++*arrived; }};
}

/// Sends small messages to the hub and back for that time. Returns the longest time of one of them.
double exchange_small(const options& chosen, const channel& link, const message_count& arrived) {
  const packet message{0, blob{make_payload("random", 1000)}};
  double longest = 0;
  for (stopwatch all; all.seconds() < chosen.seconds;) {
    const auto before = arrived.load();
    stopwatch once;
    link.post(message);
    wait(
      0, [&] { return arrived != before; }, "an answer of the hub to a small session");
    longest = std::max(longest, once.seconds());
  }
  return longest;
}

figures measure_once(const options& chosen, std::string_view capability, std::string_view data) {
  budget_hub hub{chosen, data};
  auto url = enode::parse(hub.line());
  if (!url)
    throw std::runtime_error("the hub does not listen");
  message_count arrived{0};
  arena world{chosen};
  world.dial(*url, {{.name = "echo",
                     .version = 1,
                     .length = 1,
                     .spawn = handled_by(wait_for_small_echo, &world.handlers(), &arrived)}});
  auto small = world.handlers().wait_for(1).front();
  const auto payload = capability == "hoard" ? make_payload(data, chosen.budget_message) : bytes{};
  crowd remotes{*url, chosen.budget_remotes, std::string{capability}, payload};
  auto longest = exchange_small(chosen, small.link, arrived);
  auto found = hub.look();
  return {{"peak_growth_bytes", found.peak_growth},
          {"peak_counted_bytes", found.peak_counted},
          {"limit_bytes", found.limit},
          {"sessions_ended", found.ended},
          {"others_ended", found.others_ended},
          {"small_echoes", static_cast<double>(arrived.load())},
          {"longest_echo_seconds", longest}};
}

} // namespace

void budget(const options& chosen, report& out) {
  for (std::string_view capability : {"flood", "hoard"})
    for (std::string_view data : {"random", "repeat"}) {
      parameters which{{"remotes", chosen.budget_remotes},
                       {"message", chosen.budget_message},
                       {"handlers", capability},
                       {"data", data}};
      out.announce("budget", which);
      std::vector<figures> found;
      for (unsigned i = 0; i < chosen.repetitions; ++i)
        found.push_back(measure_once(chosen, capability, data));
      out.add("budget", which, found);
    }
}

} // namespace devp2p::bench
