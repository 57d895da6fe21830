// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/model.hpp"

namespace devp2p::simulator {

/// What scenarios of `devp2p simulate` may name: the protocols `gossip` and `echo`.
[[nodiscard]] const model& standard_model();

} // namespace devp2p::simulator
