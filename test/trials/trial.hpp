// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::trials {

/// One fault in one phase of one session, in a world of its own.
struct trial {
  std::string fault;
  std::string phase;
  /// The number of protocols that both ends share.
  unsigned protocols = 1;
  /// Decides the schedule, the latencies, which node dials, and how bytes are split.
  std::uint64_t seed = 1;
  /// Added to the seed of the schedule alone: for the same keys, another order.
  std::uint64_t schedule = 0;

  friend bool operator==(const trial&, const trial&) = default;
};

/// Returns the trial as the command line has it: `fault/phase/protocols/seed`, and `/schedule`
/// if it is not 0.
[[nodiscard]] std::string to_string(const trial& x);
/// Returns `nullopt` if there is no such trial.
[[nodiscard]] std::optional<trial> parse_trial(const std::string& text);

struct outcome {
  std::uint64_t trace_hash = 0;
  /// Sentences about what should always hold and did not.
  std::vector<std::string> violations;
};

/// Runs the trial from the first dial to the last actor's end.
[[nodiscard]] outcome run(const trial& what);

/// Returns all trials that make sense, with that seed.
[[nodiscard]] std::vector<trial> all_with(std::uint64_t seed);

} // namespace devp2p::trials
