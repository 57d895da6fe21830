// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The addresses that one node may name to another.
namespace devp2p {

/// Returns true iff the address is one of this host or of a private network: loopback, RFC 1918,
/// link-local, unique local. An IPv4 address may be given in its IPv6 form.
[[nodiscard]] bool is_lan(const std::string& address);

/// Returns true iff no node can have the address: it is unspecified, for documentation, tests or
/// groups, or the broadcast address (the IANA registries of special-purpose addresses).
[[nodiscard]] bool is_special(const std::string& address);

/// The reason why an address is not believed.
enum class address_refusal : std::uint8_t {
  /// The address `0.0.0.0` or `::`.
  unspecified,
  /// An address that no node can have.
  special,
  /// An address of this host, named by another host.
  loopback,
  /// An address of a private network, named by a node that is in none.
  lan,
};

[[nodiscard]] std::string_view to_string(address_refusal x);

/// Returns why the address that the node at `teller` has named is not to be dialled; `nullopt` if
/// it may be. Names and other texts that are no address are not refused: what a name stands for is
/// known when it is dialled.
[[nodiscard]] std::optional<address_refusal> refuses_address(const std::string& teller,
                                                             const std::string& address);

/// Like `refuses_address`, for an address that was named by somebody who may name those of private
/// networks, such as the operator.
[[nodiscard]] std::optional<address_refusal> refuses_address(const std::string& address);

} // namespace devp2p
