// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace devp2p::tool {

struct simulate_options {
  std::string file;
  /// Instead of the file's.
  std::optional<std::uint64_t> seed;
  /// Where the results go; they are not kept without it.
  std::string out;
};

/// `devp2p simulate`: runs a scenario, writes what happens to `events.jsonl`, its sum to
/// `summary.json` and a page to look at to `report.html`, and prints the sum. A signal ends it with
/// what there is.
int run_simulate(const simulate_options& options);

} // namespace devp2p::tool
