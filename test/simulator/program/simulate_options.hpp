// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/program/arguments.hpp"
#include "devp2p/simulator/program/simulator_call.hpp"

#include <CLI/CLI.hpp>

namespace devp2p::tool {

/// Adds all options of a simulator to the program, or to a command of it. Sets `chosen` when they
/// are parsed, which must outlive `simulate`.
void add_simulate_options(CLI::App& simulate, const simulator_call& call, command& chosen);

} // namespace devp2p::tool
