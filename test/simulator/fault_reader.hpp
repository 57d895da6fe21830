// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/actions.hpp"
#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <string>

namespace devp2p::simulator {

/// Reads the fields of the fault `what`, one of `fault_names`. Throws a `json_complaint`.
[[nodiscard]] any_action read_fault(json_fields& in, const std::string& what,
                                    const simulation_options& network);

} // namespace devp2p::simulator
