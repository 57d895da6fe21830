// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/source.hpp"

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/byte_order.hpp"

#include <algorithm>

namespace devp2p::nat {

namespace {

/// Sizes in bits.
constexpr unsigned all_of_ipv4 = 32;
constexpr unsigned ipv4_network = 24;
constexpr unsigned ipv6_network = 48;
constexpr unsigned half_of_ipv6 = 64;
/// The offset of an IPv4 address within its IPv6 form.
constexpr unsigned before_ipv4 = 96;
constexpr unsigned byte_bits = 8;

address_key leading_bits(const std::string& address, unsigned bits_ipv4, unsigned bits_ipv6) {
  auto out = to_address_bytes(address).value_or(address_bytes{});
  // An IPv4 address may be given in its IPv6 form.
  auto kept = is_ipv6(to_text(out)) ? bits_ipv6 : before_ipv4 + std::min(bits_ipv4, all_of_ipv4);
  for (unsigned i = 0; i < out.size(); ++i) {
    auto here = std::min(kept - std::min(kept, i * byte_bits), byte_bits);
    out[i] &= static_cast<std::uint8_t>(0xff00 >> here);
  }
  return out;
}

} // namespace

address_key to_address_key(const std::string& address) {
  return leading_bits(address, all_of_ipv4, half_of_ipv6);
}

source to_source(const std::string& address) {
  return to_source(address, ipv4_network, ipv6_network);
}

source to_source(const std::string& address, unsigned bits_ipv4, unsigned bits_ipv6) {
  return {leading_bits(address, bits_ipv4, bits_ipv6), to_address_key(address)};
}

} // namespace devp2p::nat
