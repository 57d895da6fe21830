// SPDX-License-Identifier: BSL-1.0
//
// The case `memory`: how much memory a hub needs for a peer that is idle, and for one that has sent
// something; how much of a processor many idle peers take; and how soon all of them are there.
#include "child_process.hpp"
#include "load.hpp"
#include "open_files.hpp"
#include "payloads.hpp"
#include "waiting.hpp"

#include <caf/send.hpp>

#include <sstream>
#include <thread>

namespace devp2p::bench {

namespace {

/// The resources that the hub has used. Memory is in bytes.
struct usage {
  double cpu_seconds = 0;
  double resident = 0;
  double trimmed = 0;
};

/// This program again, as a process of its own.
class hub_process {
public:
  explicit hub_process(const options& chosen)
    : process_({"/proc/self/exe", "--memory-hub", "--loops", std::to_string(chosen.loops),
                "--threads", std::to_string(chosen.threads)}) {}

  std::string line() {
    if (auto out = process_.read_line(deadline()))
      return *out;
    throw std::runtime_error("the hub says nothing");
  }

  usage look() { return ask("look"); }
  usage measure() { return ask("trim"); }

  void end() {
    process_.end_input();
    if (process_.wait(deadline()) != 0)
      throw std::runtime_error("the hub does not end as it should");
  }

private:
  usage ask(std::string_view what) {
    process_.write_line(std::string{what}, deadline());
    usage out;
    std::istringstream{line()} >> out.cpu_seconds >> out.resident >> out.trimmed;
    return out;
  }

  static child_process::clock::time_point deadline() {
    return child_process::clock::now() + std::chrono::seconds{30};
  }

  child_process process_;
};

handler_actor::behavior_type wait_for_echo(handler_actor::pointer self, const channel& link,
                                           roster* handlers, message_count* arrived) {
  handlers->add({self, link});
  return {[=](const packet&) { ++*arrived; }};
}

/// Sends one message to the hub and back on each link, one link after the other.
void exchange(const std::vector<member>& handlers, const packet& message,
              const message_count& arrived) {
  for (const auto& [handler, link] : handlers) {
    const auto before = arrived.load();
    link.post(message);
    wait(
      0, [&] { return arrived != before; }, "the hub's answer");
  }
}

/// The states in which the hub is measured, one after the other.
constexpr std::string_view states[] = {"idle", "after_64_kib_each_way", "after_1_mib_each_way"};

/// Returns the figures of each state.
std::vector<figures> measure_all(const options& chosen) {
  hub_process hub{chosen};
  auto url = enode::parse(hub.line());
  if (!url)
    throw std::runtime_error("the hub does not listen");
  message_count arrived{0};
  arena world{chosen};
  protocol echo{.name = "echo",
                .version = 1,
                .length = 1,
                .spawn = handled_by(wait_for_echo, &world.handlers(), &arrived)};
  // The first peer brings in code and tables that are there for all.
  world.dial(*url, {echo});
  auto empty = hub.measure();
  auto above_empty = [&](const usage& x) -> figures {
    auto peers = static_cast<double>(chosen.peers);
    return {{"bytes_per_peer", (x.resident - empty.resident) / peers},
            {"bytes_per_peer_trimmed", (x.trimmed - empty.trimmed) / peers},
            {"empty_hub_bytes", empty.resident}};
  };
  stopwatch connecting;
  world.dial(*url, {echo}, chosen.peers);
  auto handlers = world.handlers().wait_for(chosen.peers + 1);
  auto connected = connecting.seconds();
  auto before = hub.look();
  std::this_thread::sleep_for(std::chrono::duration<double>{chosen.idle});
  auto after = hub.measure();
  std::vector<figures> out{above_empty(after)};
  out[0].emplace_back("connect_seconds", connected);
  out[0].emplace_back("hub_cpu_percent",
                      (after.cpu_seconds - before.cpu_seconds) / chosen.idle * 100);
  for (auto size : {std::size_t{64} << 10, std::size_t{1} << 20}) {
    if (chosen.only_idle)
      break;
    exchange(handlers, {0, blob{make_payload("random", size)}}, arrived);
    out.push_back(above_empty(hub.measure()));
  }
  hub.end();
  return out;
}

} // namespace

void memory(const options& chosen, report& out) {
  // Every peer is a socket of this process, and one of the hub, which inherits the limit.
  allow_sockets(chosen.peers);
  std::vector<figures> found[std::size(states)];
  out.announce("memory", {{"peers", chosen.peers}});
  for (unsigned i = 0; i < chosen.repetitions; ++i) {
    auto once = measure_all(chosen);
    for (std::size_t state = 0; state < once.size(); ++state)
      found[state].push_back(std::move(once[state]));
  }
  for (std::size_t state = 0; state < (chosen.only_idle ? 1 : std::size(states)); ++state)
    out.add("memory", {{"peers", chosen.peers}, {"state", states[state]}}, found[state]);
}

} // namespace devp2p::bench
