// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::simulation {

/// One fault in one phase of one session, in a world of its own.
struct scenario {
  std::string fault;
  std::string phase;
  /// The number of protocols that both ends share.
  unsigned protocols = 1;
  /// Decides the schedule, the latencies, which node dials, and how bytes are split.
  std::uint64_t seed = 1;
  /// Added to the seed of the schedule alone: for the same keys, another order.
  std::uint64_t schedule = 0;

  friend bool operator==(const scenario&, const scenario&) = default;
};

/// Returns the scenario as the command line has it: `fault/phase/protocols/seed`, and `/schedule`
/// if it is not 0.
[[nodiscard]] std::string to_string(const scenario& x);
/// Returns `nullopt` if there is no such scenario.
[[nodiscard]] std::optional<scenario> parse_scenario(const std::string& text);

struct outcome {
  std::uint64_t trace_hash = 0;
  /// Sentences about what should always hold and did not.
  std::vector<std::string> violations;
};

/// Runs the scenario from the first dial to the last actor's end.
[[nodiscard]] outcome run(const scenario& what);

/// Returns all scenarios that make sense, with that seed.
[[nodiscard]] std::vector<scenario> all_with(std::uint64_t seed);

} // namespace devp2p::simulation
