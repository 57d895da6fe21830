// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>

namespace devp2p::nat {

/// A router that is an Internet Gateway Device of UPnP, of version 1 or 2, by miniupnpc. `address`
/// is the router's, of IPv4; the default gateway if there is none: what anybody else on the network
/// says is not looked at.
[[nodiscard]] std::unique_ptr<gateway> make_upnp(std::optional<std::string> address = std::nullopt);

} // namespace devp2p::nat
