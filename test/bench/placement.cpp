// SPDX-License-Identifier: BSL-1.0
//
// The case `placement`: what the loop, where handlers begin by default, saves against CAF's
// scheduler; and what a handler that computes for long costs the other sessions of its loop.
#include "load.hpp"
#include "percentile.hpp"
#include "probe.hpp"
#include "round_trips.hpp"
#include "stopwatch.hpp"

#include "devp2p/messages/caf.hpp"

#include <string>

namespace devp2p::bench {

namespace {

/// The time that the slow handler computes for each message, in seconds.
constexpr double slowness = 2e-3;
/// The time, in seconds, within which the library may notice, and move the handler off the loop.
constexpr double notice = 0.1;
/// The longest round trip of a neighbour within that time, in microseconds.
constexpr double max_once = 5'000;

handler_actor::behavior_type compute(handler_actor::pointer, const channel&) {
  return {[](const packet&) {
    for (stopwatch elapsed; elapsed.seconds() < slowness;)
      keep(elapsed);
  }};
}

/// A hub with a quiet session, and one whose handler is slow.
struct neighbourhood {
  neighbourhood(const options& chosen, std::string_view where) : world(chosen) {
    protocol slow{.name = "slow", .version = 1, .length = 1, .spawn = handled_at(where, compute)};
    auto hub = world.listen(make_node_config({probe::answering("loop"), slow}));
    quiet.begin(world, hub);
    world.dial(hub, {sending("slow", "loop", "random", 256, world.handlers())});
  }

  void wake_sender() { anon_send_to(world.handlers().wait_for(2).back().handler, packet{}); }

  probe quiet;
  arena world;
};

/// The waits of a slow handler's neighbours, in each repetition.
struct notices {
  std::vector<figures> at_first;
  std::vector<figures> afterwards;
};

/// Each repetition has a new handler, which the library has not measured yet.
notices measure(const options& chosen, std::string_view where) {
  notices out;
  for (unsigned i = 0; i < chosen.repetitions; ++i) {
    neighbourhood scene{chosen, where};
    auto quiet = [&](double seconds) { return scene.quiet.measure(scene.world, seconds); };
    static_cast<void>(quiet(chosen.seconds / 4));
    auto alone = quiet(chosen.seconds / 2);
    scene.wake_sender();
    auto first = quiet(notice);
    auto later = quiet(chosen.seconds);
    auto above = first.end() - std::upper_bound(first.begin(), first.end(), max_once / 1e6);
    out.at_first.push_back({{"max_us", first.back() * 1e6},
                            {"limit", max_once},
                            {"above_limit", static_cast<double>(above)},
                            {"p50_us", percentile(first, 50) * 1e6}});
    out.afterwards.push_back({{"p99_us", percentile(later, 99) * 1e6},
                              {"limit", percentile(alone, 99) * 1e6},
                              {"p50_us", percentile(later, 50) * 1e6},
                              {"max_us", later.back() * 1e6}});
  }
  return out;
}

void add_neighbours(const options& chosen, report& out) {
  for (const auto& where : chosen.handlers) {
    out.announce("placement", {{"beside", "a slow handler"}, {"handlers", where}});
    auto found = measure(chosen, where);
    auto add = [&](std::string_view when, const std::vector<figures>& lines) {
      out.add("placement", {{"beside", "a slow handler"}, {"handlers", where}, {"when", when}},
              lines);
    };
    add("the first 100 ms", found.at_first);
    add("afterwards", found.afterwards);
  }
}

} // namespace

void placement(const options& chosen, report& out) {
  auto here = chosen;
  here.handlers = {"loop", "scheduler"};
  add_round_trips("placement", here, out);
  for (std::size_t size : {16, 256})
    add_loads("placement", here, out, size, 1, [](arena& world, auto receive, auto send) {
      world.dial(world.listen({receive("load")}), {send("load")});
    });
  add_neighbours(here, out);
}

} // namespace devp2p::bench
