// SPDX-License-Identifier: BSL-1.0
//
// The case `pingpong`: how long a small message takes to the other end and back, when nothing else
// is under way.
#include "arena.hpp"
#include "codec.hpp"
#include "latencies.hpp"
#include "payloads.hpp"
#include "repeat.hpp"
#include "round_trips.hpp"
#include "usage.hpp"
#include "waiting.hpp"

#include <memory>

namespace devp2p::bench {

namespace {

handler_actor::behavior_type play(handler_actor::pointer self, const channel& link, latencies* out,
                                  const blob& payload) {
  auto since = std::make_shared<stopwatch>();
  link.send(self, {0, payload});
  return {[=](const packet&) {
    out->add(since->seconds());
    *since = {};
    link.send(self, {0, payload});
  }};
}

figures observe(double seconds, double limit, latencies& round_trips) {
  static_cast<void>(round_trips.take());
  auto cpu = cpu_seconds();
  stopwatch elapsed;
  wait(
    seconds, [&] { return !round_trips.empty(); }, "a message that comes back");
  auto taken = round_trips.take();
  auto real = elapsed.seconds();
  cpu = cpu_seconds() - cpu;
  auto count = static_cast<double>(taken.size());
  return {
    {"p50_us", percentile(taken, 50) * 1e6},        {"limit", limit * 1e6},
    {"limit_ratio", limit / percentile(taken, 50)}, {"p99_us", percentile(taken, 99) * 1e6},
    {"round_trips_per_second", count / real},       {"cpu_us_per_round_trip", cpu / count * 1e6}};
}

protocol make_protocol(handler_factory spawn) {
  return {.name = "echo", .version = 1, .length = 1, .spawn = std::move(spawn)};
}

} // namespace

void add_round_trips(std::string_view benchmark, const options& chosen, report& out) {
  constexpr std::size_t size = 32;
  const blob payload{make_payload("random", size)};
  auto alone = codec_alone(chosen.seconds / 2, "random", size);
  auto limit = 2 * (alone.seal + alone.open);
  for (const auto& where : chosen.handlers) {
    parameters which{{"payload", size}, {"data", "random"}, {"handlers", where}};
    out.announce(benchmark, which);
    latencies round_trips;
    arena world{chosen};
    auto echoing = handled_at(where, echo);
    auto playing = handled_at(where, play, &round_trips, payload);
    world.dial(world.listen({make_protocol(echoing)}), {make_protocol(playing)});
    out.add(benchmark, which,
            repeat(chosen, [&](double seconds) { return observe(seconds, limit, round_trips); }));
  }
}

void pingpong(const options& chosen, report& out) {
  add_round_trips("pingpong", chosen, out);
}

} // namespace devp2p::bench
