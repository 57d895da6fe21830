// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>

namespace devp2p::nat {

/// Returns a gateway for an Internet Gateway Device of UPnP, version 1 or 2, by miniupnpc.
/// `address` is the IPv4 address of the router; the default gateway if omitted. Answers of other
/// hosts are ignored.
[[nodiscard]] std::unique_ptr<gateway> make_upnp(std::optional<std::string> address = std::nullopt);

} // namespace devp2p::nat
