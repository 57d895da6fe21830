// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/model.hpp"

#include <string>

namespace devp2p::simulator {

/// Returns a JSON Schema (draft 7, which editors know best) of the scenarios of a model: their
/// fields, with those of the model's protocols, actions and checks, and their ranges, defaults and
/// meanings.
///
/// Every scenario that `read_scenario` takes is valid. Not every valid one can be read: a schema
/// knows no bound that depends on another field, such as the number of nodes.
[[nodiscard]] std::string scenario_schema(const model& known);

} // namespace devp2p::simulator
