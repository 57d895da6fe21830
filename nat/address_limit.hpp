// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/keyed_hash.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace devp2p::nat {

/// Who has an address: one of IPv4, or the first half of one of IPv6, as a host has as many of
/// these as it likes (RFC 6177).
using address_key = octets_16;

[[nodiscard]] address_key to_address_key(const std::string& address);

/// The network that an address is of, which one subscriber may have the whole of: /24 of IPv4, /48
/// of IPv6 (RFC 6177 again).
[[nodiscard]] address_key to_network_key(const std::string& address);

/// The same for networks of other sizes: the leading `bits_ipv4` (0 to 32) or `bits_ipv6` (0 to
/// 128) bits of the address; larger numbers mean all of it. Zero for what is no address.
[[nodiscard]] address_key to_network_key(const std::string& address, unsigned bits_ipv4,
                                         unsigned bits_ipv6);

/// Allows each address so much at once, and so much a second.
///
/// Never grows: addresses share a fixed number of token buckets. Which of them do is unpredictable,
/// so that nobody can choose whom to take the tokens from.
class address_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::size_t buckets = 4096;

  /// `key` is unpredictable.
  address_limit(const octets_32& key, double burst, double rate);

  /// Whether that address may do it once more.
  bool allow(const address_key& who, time_point now);

private:
  struct bucket {
    double tokens = 0;
    time_point filled;
  };

  octets_32 key_;
  double burst_;
  double rate_;
  std::vector<bucket> buckets_;
};

} // namespace devp2p::nat
