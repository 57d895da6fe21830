// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/address_rules.hpp"

#include "devp2p/nat/byte_order.hpp"

#include <algorithm>
#include <array>

namespace devp2p {

namespace {

using nat::address_bytes;

/// A range of addresses: the first address, and the number of its leading bits that are fixed. An
/// IPv4 address has its IPv6 form.
struct address_range {
  address_bytes first;
  unsigned bits;

  [[nodiscard]] bool contains(const address_bytes& x) const {
    auto whole = bits / 8;
    if (!std::equal(first.begin(), first.begin() + whole, x.begin()))
      return false;
    auto rest = bits % 8;
    return rest == 0 || ((first[whole] ^ x[whole]) >> (8 - rest)) == 0;
  }
};

constexpr address_range v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d,
                           unsigned bits) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}, 96 + bits};
}

constexpr address_range v6(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d,
                           unsigned bits) {
  return {{a, b, c, d}, bits};
}

constexpr auto loopback = std::to_array<address_range>({
  v4(127, 0, 0, 0, 8),
  {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128},
});

constexpr auto unspecified = std::to_array<address_range>({
  v4(0, 0, 0, 0, 32),
  v6(0, 0, 0, 0, 128),
});

constexpr auto lan = std::to_array<address_range>({
  v4(10, 0, 0, 0, 8), v4(172, 16, 0, 0, 12), v4(192, 168, 0, 0, 16),
  v4(169, 254, 0, 0, 16),   // link-local
  v6(0xfe, 0x80, 0, 0, 10), // link-local
  v6(0xfc, 0, 0, 0, 7),     // unique local
});

constexpr auto special = std::to_array<address_range>({
  v4(0, 0, 0, 0, 8),              // this network
  v4(192, 0, 0, 0, 29),           // IPv4 service continuity
  v4(192, 0, 0, 170, 31),         // NAT64 discovery
  v4(192, 0, 2, 0, 24),           // documentation
  v4(192, 31, 196, 0, 24),        // AS112
  v4(192, 52, 193, 0, 24),        // AMT
  v4(192, 88, 99, 0, 24),         // 6to4 relays
  v4(192, 175, 48, 0, 24),        // AS112
  v4(198, 18, 0, 0, 15),          // benchmarks
  v4(198, 51, 100, 0, 24),        // documentation
  v4(203, 0, 113, 0, 24),         // documentation
  v4(224, 0, 0, 0, 3),            // groups, reserved, broadcast
  v6(0x01, 0, 0, 0, 64),          // discard only
  v6(0x20, 0x01, 0, 0, 32),       // Teredo
  v6(0x20, 0x01, 0, 0x02, 32),    // benchmarks and others
  v6(0x20, 0x01, 0x0d, 0xb8, 32), // documentation
  v6(0x20, 0x02, 0, 0, 16),       // 6to4
  v6(0x3f, 0xff, 0, 0, 20),       // documentation
  v6(0xff, 0, 0, 0, 8),           // groups
});

bool is_in(const auto& ranges, const std::optional<address_bytes>& x) {
  return x && std::any_of(ranges.begin(), ranges.end(),
                          [&](const address_range& range) { return range.contains(*x); });
}

} // namespace

bool is_lan(const std::string& address) {
  auto bytes = nat::to_address_bytes(address);
  return is_in(loopback, bytes) || is_in(lan, bytes);
}

bool is_special(const std::string& address) {
  auto bytes = nat::to_address_bytes(address);
  return is_in(unspecified, bytes) || is_in(special, bytes);
}

std::string_view to_string(address_refusal x) {
  switch (x) {
  case address_refusal::unspecified:
    return "the address is unspecified";
  case address_refusal::special:
    return "no node can have the address";
  case address_refusal::loopback:
    return "another host has named an address of this host";
  case address_refusal::lan:
    return "a node outside has named an address of a private network";
  }
  return "unknown";
}

std::optional<address_refusal> refuses_address(const std::string& teller,
                                               const std::string& address) {
  if (auto out = refuses_address(address))
    return out;
  auto named = nat::to_address_bytes(address);
  auto by = nat::to_address_bytes(teller);
  if (is_in(loopback, named) && !is_in(loopback, by))
    return address_refusal::loopback;
  if (is_in(lan, named) && !is_in(loopback, by) && !is_in(lan, by))
    return address_refusal::lan;
  return std::nullopt;
}

std::optional<address_refusal> refuses_address(const std::string& address) {
  auto bytes = nat::to_address_bytes(address);
  if (is_in(unspecified, bytes))
    return address_refusal::unspecified;
  if (is_in(special, bytes))
    return address_refusal::special;
  return std::nullopt;
}

} // namespace devp2p
