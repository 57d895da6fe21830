// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/address_limit.hpp"

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/octets.hpp"

#include <algorithm>

namespace devp2p::nat {

namespace {

/// What is kept of an address, in octets of the form that IPv6 has it in.
constexpr std::size_t whole = 16;
constexpr std::size_t half = 8;
constexpr std::size_t ipv4_network = 15;
constexpr std::size_t ipv6_network = 6;

address_key first_of(const std::string& address, std::size_t of_ipv4, std::size_t of_ipv6) {
  auto out = to_octets(address).value_or(address_octets{});
  // An IPv4 address may have been written as IPv6 has it.
  auto kept = is_ipv6(to_text(out)) ? of_ipv6 : of_ipv4;
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(kept), out.end(), std::uint8_t{0});
  return out;
}

} // namespace

address_key to_address_key(const std::string& address) {
  return first_of(address, whole, half);
}

address_key to_network_key(const std::string& address) {
  return first_of(address, ipv4_network, ipv6_network);
}

address_limit::address_limit(const octets_32& key, double burst, double rate)
  : key_(key),
    burst_(burst),
    rate_(rate),
    buckets_(buckets, bucket{burst, {}}) {}

bool address_limit::allow(const address_key& who, time_point now) {
  auto hash = keyed_hash(key_, {who});
  auto& mine = buckets_[number_at<std::uint32_t>(hash, 0) % buckets];
  auto passed = std::chrono::duration<double>(now - mine.filled).count();
  mine.tokens = std::min(burst_, mine.tokens + std::max(passed, 0.0) * rate_);
  mine.filled = std::max(mine.filled, now);
  if (mine.tokens < 1)
    return false;
  mine.tokens -= 1;
  return true;
}

} // namespace devp2p::nat
