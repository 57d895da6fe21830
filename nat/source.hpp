// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <compare>
#include <string>

namespace devp2p::nat {

/// The part of an address that identifies its holder: all of an IPv4 address, but the first half of
/// an IPv6 address. A host can have any number of IPv6 addresses with the same first half (RFC
/// 6177).
using address_key = byte_array<16>;

/// Returns the key of an address; all bytes are zero for text that is no address.
[[nodiscard]] address_key to_address_key(const std::string& address);

/// The source of a remote: its address, and the network of that address. Limited resources are
/// shared between networks first, because one subscriber may own a whole network. Within a network
/// they are shared between addresses.
struct source {
  address_key network{};
  address_key address{};

  friend auto operator<=>(const source&, const source&) = default;
};

/// Returns the source of an address. Its network has 24 bits (IPv4) or 48 bits (IPv6; RFC 6177).
[[nodiscard]] source to_source(const std::string& address);

/// Returns the source with a network of another size: the leading `bits_ipv4` (0 to 32) or
/// `bits_ipv6` (0 to 128) bits of the address. Larger numbers mean the whole address. All bytes are
/// zero for text that is no address.
[[nodiscard]] source to_source(const std::string& address, unsigned bits_ipv4, unsigned bits_ipv6);

} // namespace devp2p::nat
