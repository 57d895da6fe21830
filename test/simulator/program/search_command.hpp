// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/program/simulator_call.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::tool {

/// The seeds from `first` to `last`, both included; `first <= last`.
struct seed_range {
  /// The largest seed that a scenario file can hold.
  static constexpr std::uint64_t most = std::uint64_t{1} << 53;

  /// Parses `N`, which stands for `1..N`, or `A..B`. Returns `nullopt` if `text` is neither.
  static std::optional<seed_range> parse(const std::string& text);

  std::uint64_t first = 1;
  std::uint64_t last = 1;
};

struct search_options {
  std::string file;
  /// The seeds to run one by one until a check fails; without it, the file's own.
  std::optional<seed_range> seeds;
  /// Whether to shrink the scenario that has failed.
  bool shrink = false;
  /// The time limit for shrinking.
  std::chrono::nanoseconds shrink_time = std::chrono::minutes{10};
  /// The folder for `smallest.json` or, without `shrink`, for the output of the run that has
  /// failed. No files are written if it is empty.
  std::string out;
  /// The values to use instead of the file's.
  std::vector<simulator::field_value> set;
};

/// `devp2p simulate --seeds`, `--shrink`: runs a scenario with one seed after another until one of
/// its checks fails. With `shrink`, prints the smallest scenario that still fails that check. A
/// signal ends the search; the smallest scenario so far is printed. Returns the exit status.
int run_search(const search_options& options, const simulator_call& call);

} // namespace devp2p::tool
