// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/program/search_command.hpp"
#include "devp2p/simulator/program/simulator_call.hpp"
#include "devp2p/simulator/program/sweep.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::tool {

struct sweep_options {
  /// A file that each process can read: not stdin.
  std::string file;
  std::vector<swept_field> fields;
  /// The seeds of each combination; without it, the file's own.
  std::optional<seed_range> seeds;
  /// The values to use instead of the file's in all runs.
  std::vector<simulator::field_value> set;
  /// The folder for `runs.jsonl`, with which a sweep goes on, `sweep.csv` and `sweep.html`. No
  /// files are written if it is empty.
  std::string out;
  /// The number of processes; 0: one for each processor.
  std::size_t jobs = 0;
};

/// `devp2p simulate --sweep`: runs a scenario with each combination of values and each seed, in
/// several processes of this program, and prints a table. A signal ends the sweep; the same call
/// goes on with what is missing. Returns the exit status.
int run_sweep(const sweep_options& options, const simulator_call& call);

/// A process of a sweep: runs the scenario once, and prints the summary on one line. A check that
/// does not hold is told there alone. Returns the exit status.
int run_for_sweep(const std::string& file, const std::vector<simulator::field_value>& set,
                  std::optional<std::uint64_t> seed, const simulator_call& call);

} // namespace devp2p::tool
