// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>

namespace devp2p::nat {

/// Returns a gateway for a router that speaks the Port Control Protocol (RFC 6887). `address` is
/// the IPv4 or IPv6 address of the router. If omitted, it is the default gateway of IPv4, or else
/// that of IPv6. Over IPv6 a mapping is a pinhole in the firewall: the external address is our own.
[[nodiscard]] std::unique_ptr<gateway> make_pcp(std::optional<std::string> address = std::nullopt);

/// Returns a gateway that uses the default gateway of IPv4 only, for callers that do not use IPv6.
[[nodiscard]] std::unique_ptr<gateway> make_pcp_v4();

} // namespace devp2p::nat
