// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/simulation.hpp"
#include "devp2p/kit/turn_times.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace devp2p::kit {

/// What one asks of a run when it is over: it takes more than a look.
struct run_details {
  /// From which node to which nothing that is sent arrives; of those that are linked.
  std::set<std::pair<std::size_t, std::size_t>> stalled = {};
  /// Nobody's unless the options say `timed`.
  actor_times times = {};

  friend bool operator==(const run_details&, const run_details&) = default;
};

/// A scenario that is being played: by a `player`, here, or by a `shard_group`, in several
/// processes.
class run {
public:
  run() = default;
  run(const run&) = delete;
  run& operator=(const run&) = delete;
  virtual ~run() = default;

  /// Lets some virtual time pass, `at_most` that and not beyond the scenario's end. Returns what
  /// went wrong, as a line for people; nothing more can be done then.
  [[nodiscard]] virtual std::optional<std::string> go_on(caf::timespan at_most) = 0;
  /// Whether all of it has happened.
  [[nodiscard]] virtual bool done() const = 0;

  [[nodiscard]] virtual caf::timespan now() const = 0;
  [[nodiscard]] virtual caf::timespan length() const = 0;
  // As of a simulation.
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual std::size_t linked() const = 0;
  [[nodiscard]] virtual simulation_traffic traffic() const = 0;
  [[nodiscard]] virtual std::uint64_t hash() const = 0;

  [[nodiscard]] virtual run_details details() = 0;
};

} // namespace devp2p::kit
