// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/program/scenario_file.hpp"

#include <cstdint>
#include <optional>

namespace devp2p::tool {

/// `devp2p simulate --check`: prints a line that says what a scenario is, or its errors. Runs
/// nothing. Returns the exit status.
int run_check(const scenario_file& file, std::optional<std::uint64_t> seed);

/// `devp2p simulate --schema`: prints the JSON Schema of the scenarios of a model. Returns the exit
/// status.
int run_schema(const simulator::model& known);

} // namespace devp2p::tool
