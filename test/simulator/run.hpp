// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/simulation.hpp"
#include "devp2p/simulator/turn_times.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace devp2p::simulator {

/// Results that are asked for only at the end of a run, because they take time to collect.
struct run_details {
  /// The stalled directions, as pairs (from, to) of linked nodes: data sent that way does not
  /// arrive.
  std::set<std::pair<std::size_t, std::size_t>> stalled = {};
  /// Empty unless the options say `timed`.
  actor_times times = {};

  friend bool operator==(const run_details&, const run_details&) = default;
};

/// A scenario that is being played: in this process by a `player`, or in several processes by a
/// `shard_group`.
class run {
public:
  virtual ~run() = default;

  /// Lets virtual time pass, at most `at_most` and not beyond the scenario's end. Returns an error
  /// as one line for a person; the run cannot go on after an error.
  [[nodiscard]] virtual std::optional<std::string> go_on(caf::timespan at_most) = 0;
  /// Whether the scenario has been played to its end.
  [[nodiscard]] virtual bool done() const = 0;

  [[nodiscard]] virtual caf::timespan now() const = 0;
  [[nodiscard]] virtual caf::timespan length() const = 0;
  // The following have the same meaning as in `simulation`.
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual std::size_t linked() const = 0;
  [[nodiscard]] virtual simulation_traffic traffic() const = 0;
  [[nodiscard]] virtual std::uint64_t hash() const = 0;

  [[nodiscard]] virtual run_details details() = 0;
};

} // namespace devp2p::simulator
