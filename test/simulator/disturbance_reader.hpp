// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/scenario.hpp"

namespace devp2p::simulator {

/// Reads the random disturbances of a scenario, of which the network and the length are known, and
/// adds their steps to the schedule, in no order of time. Throws a `json_complaint`.
void read_disturbances(json_fields& all, scenario& to);

} // namespace devp2p::simulator
