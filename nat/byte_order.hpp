// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <concepts>
#include <optional>
#include <string>

/// Fields of datagrams, in network byte order.
namespace devp2p::nat {

/// Appends an unsigned number.
template <std::unsigned_integral Int>
void put(bytes& out, Int x) {
  for (auto shift = 8 * sizeof x; shift > 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(x >> (shift - 8)));
}

inline void put(bytes& out, byte_view x) {
  out.insert(out.end(), x.begin(), x.end());
}

/// Returns the number at offset `from`. Precondition: `in` contains all its bytes.
template <std::unsigned_integral Int>
[[nodiscard]] Int number_at(byte_view in, std::size_t from) {
  Int out = 0;
  for (auto byte : in.subspan(from, sizeof out))
    out = static_cast<Int>(out << 8 | byte);
  return out;
}

using address_bytes = byte_array<16>;

/// Returns the IPv6 form of an address, with IPv4 mapped into it (RFC 4291, section 2.5.5.2);
/// `nullopt` if `text` is no address. The zone of a link-local address is dropped.
[[nodiscard]] std::optional<address_bytes> to_address_bytes(const std::string& text);

/// Returns the text of the address; a mapped IPv4 address becomes IPv4 again.
[[nodiscard]] std::string to_text(const address_bytes& x);

} // namespace devp2p::nat
