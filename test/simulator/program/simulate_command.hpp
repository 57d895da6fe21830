// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/program/scenario_file.hpp"
#include "devp2p/simulator/program/simulation_output.hpp"
#include "devp2p/simulator/program/stop_watch.hpp"
#include "devp2p/simulator/run.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::tool {

struct simulate_options {
  std::string file;
  /// The seed to use instead of the file's.
  std::optional<std::uint64_t> seed;
  /// The folder for events, summary and report. No files are written if it is empty.
  std::string out;
  /// The values to use instead of the file's.
  std::vector<simulator::field_value> set;
};

/// `devp2p simulate`: runs a scenario, prints its summary, and reports the checks that do not hold.
/// Writes the events to `events.jsonl`, the summary to `summary.json` and a page for a browser to
/// `report.html`. A signal ends the run early; its summary is then printed, and its checks are not
/// made. Returns the exit status.
int run_simulate(const scenario_file& file, std::optional<std::uint64_t> seed,
                 const std::string& out);

/// Continues a run until it is over or `stop` has had a signal, shows its progress on a terminal,
/// and finishes its output. If the run fails, reports why and prints no summary. Returns the exit
/// status.
int play(simulator::run& played, simulation_output& out, const stop_watch& stop);

/// Returns the scenario's title for people: the file's name without its folder.
[[nodiscard]] std::string title_of(const std::string& file);

} // namespace devp2p::tool
