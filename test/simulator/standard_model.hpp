// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/model.hpp"

namespace devp2p::simulator {

/// Returns the model of `devp2p simulate`: the protocols `gossip` and `echo`.
[[nodiscard]] const model& standard_model();

} // namespace devp2p::simulator
