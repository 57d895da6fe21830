// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scenario_file.hpp"
#include "simulation_output.hpp"
#include "stop_watch.hpp"

#include "devp2p/kit/run.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace devp2p::tool {

struct simulate_options {
  std::string file;
  /// Instead of the file's.
  std::optional<std::uint64_t> seed;
  /// Where events and sum are written; nowhere if it is empty.
  std::string out;
};

/// `devp2p simulate`: runs a scenario, writes what happens to `events.jsonl`, its sum to
/// `summary.json` and a page to look at to `report.html`, and prints the sum. Says which of its
/// checks do not hold. A signal ends it with what there is, unchecked.
int run_simulate(const scenario_file& file, std::optional<std::uint64_t> seed,
                 const std::string& out);

/// Goes on with a run until it is over or `stop` says so, while a person watches, and finishes its
/// output. If something goes wrong, that is said, and nothing is summed up. Returns the exit
/// status.
int play(kit::run& played, simulation_output& out, const stop_watch& stop);

/// What people call the scenario in that file.
[[nodiscard]] std::string title_of(const std::string& file);

} // namespace devp2p::tool
