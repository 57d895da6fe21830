// SPDX-License-Identifier: BSL-1.0
#include "probe.hpp"

#include "devp2p/messages/caf.hpp"

#include "waiting.hpp"

#include <chrono>
#include <cstring>
#include <thread>

namespace devp2p::bench {

namespace {

using clock = stopwatch::clock;

constexpr std::size_t probe_size = 32;
constexpr auto probe_interval = std::chrono::milliseconds{1};

/// The codes of messages.
enum : std::uint64_t { probe_code, send_code, probe_codes };

blob make_probe() {
  auto now = clock::now().time_since_epoch().count();
  bytes out(probe_size);
  std::memcpy(out.data(), &now, sizeof now);
  return blob{std::move(out)};
}

double age_of(const blob& sent) {
  clock::rep at = 0;
  std::memcpy(&at, sent.data(), sizeof at);
  return std::chrono::duration<double>(clock::now() - clock::time_point{clock::duration{at}})
    .count();
}

/// Sends a probe at each message of the main thread, and measures those that come back.
handler_actor::behavior_type ask_around(handler_actor::pointer self, const channel& link,
                                        roster* asking, latencies* out) {
  asking->add({self, link});
  return {[=](const packet& x) {
    if (x.code == send_code)
      link.send(self, {probe_code, make_probe()});
    else
      out->add(age_of(x.payload));
  }};
}

protocol make_probing(handler_factory spawn) {
  return {.name = "probe", .version = 1, .length = probe_codes, .spawn = std::move(spawn)};
}

} // namespace

protocol probe::answering(std::string_view where) {
  return make_probing(handled_at(where, echo));
}

void probe::begin(arena& world, const enode& hub) {
  auto asking = handled_by(ask_around, &world.handlers(), &round_trips_);
  world.dial_from(network_, hub, make_node_config({make_probing(asking)}));
  static_cast<void>(world.handlers().wait_for(1));
}

std::vector<double> probe::measure(arena& world, double seconds,
                                   const std::function<void()>& step) {
  auto asker = world.handlers().wait_for(1).front().handler;
  static_cast<void>(round_trips_.take());
  std::size_t sent = 0;
  auto due = clock::now();
  for (stopwatch elapsed; elapsed.seconds() < seconds || sent == 0; ++sent) {
    step();
    anon_send_to(asker, packet{send_code, {}});
    due += probe_interval;
    std::this_thread::sleep_until(due);
  }
  wait(
    0, [&] { return round_trips_.size() >= sent; }, "messages that come back");
  return round_trips_.take();
}

} // namespace devp2p::bench
