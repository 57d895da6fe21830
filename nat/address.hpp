// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace devp2p::nat {

/// Returns true iff the address can be reached from anywhere. Addresses set aside for private
/// networks, carriers' NATs, this host, documentation, tests or groups are not public (RFC 6890 and
/// the IANA registries of special-purpose addresses). Returns false for text that is no address.
[[nodiscard]] bool is_public(std::string_view text);

/// Returns true iff the text is an IPv6 address.
[[nodiscard]] bool is_ipv6(std::string_view text);

/// Returns the IPv4 router to which this host sends packets for unknown networks, according to the
/// system's routing table; `nullopt` if there is none. `table` is the file in which the kernel
/// shows the routes; a missing file means that there is no router. Throws `std::system_error` if
/// the system has no descriptor left.
[[nodiscard]] std::optional<std::string>
default_gateway(const char* table = "/proc/thread-self/net/route");
/// Like `default_gateway`, for IPv6. A link-local address includes its zone: `fe80::1%eth0`.
[[nodiscard]] std::optional<std::string>
default_gateway_v6(const char* table = "/proc/thread-self/net/ipv6_route");

/// Returns the address of the router to ask: `given` if present, otherwise the default gateway;
/// with `or_ipv6`, that for IPv6 if there is none for IPv4. Fails if `given` is no address, or if
/// there is no router. Throws `std::system_error` as `default_gateway` does.
[[nodiscard]] outcome<std::string> router_address(const std::optional<std::string>& given,
                                                  bool or_ipv6 = false);

/// Returns the address of this host from which `remote` is reached; `nullopt` if there is no route.
/// Throws `std::system_error` if the system has no socket left.
[[nodiscard]] std::optional<std::string> local_address_towards(const std::string& remote);

} // namespace devp2p::nat
