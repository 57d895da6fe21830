// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>

namespace devp2p::nat {

/// Returns a gateway for a router that speaks NAT-PMP (RFC 6886), by libnatpmp. `address` is the
/// IPv4 address of the router; the default gateway if omitted.
[[nodiscard]] std::unique_ptr<gateway>
make_natpmp(std::optional<std::string> address = std::nullopt);

} // namespace devp2p::nat
