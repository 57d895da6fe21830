// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/source.hpp"

#include <chrono>
#include <vector>

namespace devp2p::nat {

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
