// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace devp2p::nat {

/// Whether the address can be reached from anywhere: it is none of those that are set aside for
/// private networks, carriers' NATs, this host, documentation, tests or groups (RFC 6890 and the
/// IANA registries of special-purpose addresses). False for what is no address.
[[nodiscard]] bool is_public(std::string_view address);

[[nodiscard]] bool is_ipv6(std::string_view address);

/// The router that this host sends to what it does not know (of IPv4 or IPv6), as the system's
/// routing table says; nothing if there is none. A link-local one has its zone: `fe80::1%eth0`.
/// `table` is the file in which the kernel shows it; where there is none, there is no router.
/// Throws `std::system_error` if the system has no descriptor to give.
[[nodiscard]] std::optional<std::string>
default_gateway(const char* table = "/proc/thread-self/net/route");
[[nodiscard]] std::optional<std::string>
default_gateway_v6(const char* table = "/proc/thread-self/net/ipv6_route");

/// Our own address on the way there; nothing if there is no way. Throws `std::system_error` if the
/// system has no socket to give.
[[nodiscard]] std::optional<std::string> local_address_towards(const std::string& remote);

} // namespace devp2p::nat
