// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/keyed_hash.hpp"

#include <compare>
#include <string>

namespace devp2p::nat {

/// An address as its holder is known by it: all of an IPv4 one, but the first half of an IPv6 one,
/// as a host has as many of these as it likes (RFC 6177).
using address_key = octets_16;

[[nodiscard]] address_key to_address_key(const std::string& address);

/// The source of a remote: its address, and the network of that. Remotes share what there is by
/// network first, as one subscriber may have the whole of a network, and inside a network by
/// address.
struct source {
  address_key network{};
  address_key address{};

  friend auto operator<=>(const source&, const source&) = default;
};

/// Networks are /24 of IPv4 and /48 of IPv6 (RFC 6177 again).
[[nodiscard]] source to_source(const std::string& address);

/// Networks are of other sizes: the leading `bits_ipv4` (0 to 32) or `bits_ipv6` (0 to 128) bits of
/// the address; larger numbers mean all of it. All zero for what is no address.
[[nodiscard]] source to_source(const std::string& address, unsigned bits_ipv4, unsigned bits_ipv6);

} // namespace devp2p::nat
