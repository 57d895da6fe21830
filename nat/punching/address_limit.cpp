// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/punching/address_limit.hpp"

#include "devp2p/nat/byte_order.hpp"
#include "devp2p/nat/punching/keyed_hash.hpp"

#include <algorithm>

namespace devp2p::nat {

address_limit::address_limit(const byte_array<32>& key, double burst, double rate)
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
