// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/random_times.hpp"
#include "devp2p/simulator/scenario.hpp"
#include "devp2p/simulator/topology.hpp"

#include <caf/timespan.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace devp2p::simulator {

/// The kinds of disturbance that a `nemesis` knows, most of them by the names of Jepsen. *Some* are
/// one node in half of the cases, else any number of them.
enum class nemesis_fault : std::uint8_t {
  /// Some nodes crash, and start again.
  crash,
  /// Data to and from some nodes does not arrive.
  freeze,
  /// A half of the nodes is separated from all others.
  halves,
  /// One node is separated.
  isolate,
  /// A half of the nodes or one of them does not hear the others, or is not heard by them.
  one_way,
  /// Two halves are separated, but for one node that is linked with both.
  bridge,
  /// Each node hears a majority, but no two hear the same.
  majority_ring,
  /// All links of a node are cut.
  cut,
  /// The lines of some nodes have a longer latency.
  slow,
  /// Segments on the lines of some nodes get lost.
  lossy,
  /// Some nodes handle messages slowly.
  busy,
  // Faults that are only done if they are asked for.

  /// Some nodes get messages twice.
  duplicate,
  /// Some nodes get messages after the next.
  reorder,
  /// The clocks of some nodes are wrong.
  skew,
  /// Some nodes crash, and start again without what they had stored.
  lose_disk,
};
inline constexpr std::array<std::string_view, 15> nemesis_fault_names = {
  "crash", "freeze", "halves", "isolate",   "one_way", "bridge", "majority_ring", "cut",
  "slow",  "lossy",  "busy",   "duplicate", "reorder", "skew",   "lose_disk"};
/// The number of those that happen to every protocol, and so are done unless others are asked for.
inline constexpr std::size_t usual_nemesis_faults = 11;

/// Disturbances of many kinds, one after another, each chosen by the seed. All are over at the end
/// of the period.
struct nemesis : random_times {
  /// The maximum number of nodes that the steps may name, all together.
  static constexpr std::size_t max_named = 1'000'000;

  /// The kinds to choose from, at least one.
  std::vector<nemesis_fault> faults;
  /// The mean time from the end of a disturbance to the next.
  caf::timespan mean_between{0};
  /// The mean time that one lasts.
  caf::timespan mean_length{0};
  /// The nodes that may be disturbed, at least one.
  std::vector<std::size_t> nodes;
  line_change slow = {};
  line_change lossy = {};
  /// The number of messages a second that a busy node handles.
  double busy_pace = 10;
  /// The number of messages, of a hundred, that come twice or late.
  unsigned disorder = 20;
  /// The largest shift of a clock that is wrong, and the largest drift, either way.
  caf::timespan shift = std::chrono::seconds{1};
  std::int64_t drift_ppm = 100'000;
};

/// Returns the steps, or `nullopt` if there were more than `most`, or they named more than
/// `max_named` nodes. `number` tells apart those of a scenario that has several.
[[nodiscard]] std::optional<std::vector<scenario::step>>
steps_of(const nemesis& what, const topology& graph, std::uint64_t seed, std::uint64_t number,
         std::size_t most);

} // namespace devp2p::simulator
