// SPDX-License-Identifier: BSL-1.0
//
// How much memory does a hub need for a peer that does nothing, and for one that has said
// something?
#include "child_process.hpp"
#include "load.hpp"
#include "payloads.hpp"
#include "waiting.hpp"

#include <caf/send.hpp>

#include <sstream>

namespace devp2p::bench {

namespace {

struct resident {
  double as_it_is = 0;
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

  resident measure() {
    process_.write_line("resident", deadline());
    resident out;
    std::istringstream{line()} >> out.as_it_is >> out.trimmed;
    return out;
  }

  void end() {
    process_.end_input();
    if (process_.wait(deadline()) != 0)
      throw std::runtime_error("the hub does not end as it should");
  }

private:
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

/// One message to the hub and back on each link, one link after the other.
void exchange(const std::vector<member>& handlers, const packet& message,
              const message_count& arrived) {
  for (const auto& [handler, link] : handlers) {
    const auto before = arrived.load();
    caf::anon_send(link.writer, write_atom::value, link.index, link.restarts, message);
    wait(
      0, [&] { return arrived != before; }, "the hub's answer");
  }
}

struct findings {
  figures idle;
  figures after_exchange;
};

findings measure_all(const options& chosen) {
  constexpr std::size_t size = std::size_t{64} << 10;
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
  auto empty = hub.measure();
  auto above_empty = [&](resident x) -> figures {
    auto peers = static_cast<double>(chosen.peers);
    return {{"octets_per_peer", (x.as_it_is - empty.as_it_is) / peers},
            {"octets_per_peer_trimmed", (x.trimmed - empty.trimmed) / peers},
            {"empty_hub_octets", empty.as_it_is}};
  };
  stopwatch connecting;
  for (std::size_t i = 0; i < chosen.peers; ++i)
    world.dial(*url, {echo});
  auto taken = connecting.seconds();
  findings out{above_empty(hub.measure()), {}};
  out.idle.emplace_back("connect_seconds", taken);
  exchange(world.handlers().wait_for(chosen.peers), {0, blob{make_payload("random", size)}},
           arrived);
  out.after_exchange = above_empty(hub.measure());
  hub.end();
  return out;
}

} // namespace

void memory(const options& chosen, report& out) {
  std::vector<figures> idle;
  std::vector<figures> after_exchange;
  out.announce("memory", {{"peers", chosen.peers}});
  for (unsigned i = 0; i < chosen.repetitions; ++i) {
    auto found = measure_all(chosen);
    idle.push_back(std::move(found.idle));
    after_exchange.push_back(std::move(found.after_exchange));
  }
  out.add("memory", {{"peers", chosen.peers}, {"state", "idle"}}, idle);
  out.add("memory", {{"peers", chosen.peers}, {"state", "after_64_kib_each_way"}}, after_exchange);
}

} // namespace devp2p::bench
