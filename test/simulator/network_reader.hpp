// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/simulation.hpp"

namespace devp2p::simulator {

/// Reads the NATs and the regions of a scenario, of which the topology is known. Throws a
/// `json_complaint`.
void read_nats(json_fields& all, simulation_options& to);
void read_regions(json_fields& all, simulation_options& to);

} // namespace devp2p::simulator
