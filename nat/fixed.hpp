// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>

namespace devp2p::nat {

/// Returns a gateway for a user who has made our ports reachable at `address`, each under its own
/// number.
[[nodiscard]] std::unique_ptr<gateway> make_fixed(std::string address);

} // namespace devp2p::nat
