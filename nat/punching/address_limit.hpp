// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/source.hpp"

#include <chrono>
#include <vector>

namespace devp2p::nat {

/// Limits the rate of events per address: at most `burst` at once, and `rate` per second on
/// average.
///
/// The memory is constant: addresses share a fixed number of token buckets. The sharing is
/// unpredictable, so that an attacker cannot choose whose tokens to take.
class address_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::size_t buckets = 4096;

  /// `key` must be unpredictable. `burst` is a number of events, `rate` a number of events per
  /// second.
  address_limit(const byte_array<32>& key, double burst, double rate);

  /// Takes a token of that address's bucket; returns false if none is left.
  bool allow(const address_key& who, time_point now);

private:
  struct bucket {
    double tokens = 0;
    time_point filled;
  };

  byte_array<32> key_;
  double burst_;
  double rate_;
  std::vector<bucket> buckets_;
};

} // namespace devp2p::nat
