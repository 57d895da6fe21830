// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>

namespace devp2p::nat {

/// A router that speaks the Port Control Protocol (RFC 6887). `address` is the router's, of IPv4 or
/// IPv6; the default gateway if there is none, of IPv4 if there is one. Over IPv6 a mapping is a
/// pinhole in the firewall: the external address is our own.
[[nodiscard]] std::unique_ptr<gateway> make_pcp(std::optional<std::string> address = std::nullopt);

/// The default gateway of IPv4, or none: for those who have nothing to say by IPv6.
[[nodiscard]] std::unique_ptr<gateway> make_pcp_v4();

} // namespace devp2p::nat
