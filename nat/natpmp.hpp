// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>

namespace devp2p::nat {

/// A router that speaks NAT-PMP (RFC 6886), by libnatpmp. `address` is the router's, of IPv4; the
/// default gateway if there is none.
[[nodiscard]] std::unique_ptr<gateway>
make_natpmp(std::optional<std::string> address = std::nullopt);

} // namespace devp2p::nat
