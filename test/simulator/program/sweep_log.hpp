// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/program/descriptor.hpp"
#include "devp2p/simulator/program/output_file.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace devp2p::tool {

/// The runs of a sweep that have ended, in `runs.jsonl`: a line for each, after a line with the
/// scenario that they are of. A process that is killed loses only the runs under way. As long as it
/// lives, no other process has one in the same folder: it holds a lock on `sweep.lock` there.
class sweep_log {
public:
  using on_run = std::function<void(const std::vector<simulator::field_value>& set,
                                    std::uint64_t seed, const nlohmann::ordered_json& summary)>;

  /// Calls `found` for each run that is in the folder already. `scenario` is what all runs have in
  /// common. Throws `std::runtime_error`, whose text is one line, if the file has the runs of
  /// another one, or another process has the folder; `std::system_error` if the folder cannot be
  /// written.
  sweep_log(const std::string& folder, const nlohmann::ordered_json& scenario, const on_run& found);

  void add(const std::vector<simulator::field_value>& set, std::uint64_t seed,
           const nlohmann::ordered_json& summary);

private:
  descriptor lock_;
  output_file file_;
};

} // namespace devp2p::tool
