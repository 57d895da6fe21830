// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/key_reserve.hpp"

#include <cassert>
#include <utility>

namespace devp2p::crypto {

std::optional<private_key> key_reserve::take() {
  used_ = true;
  if (size_ == 0)
    return std::nullopt;
  // This wipes the place that the key had.
  return std::exchange(keys_[--size_], std::nullopt);
}

void key_reserve::make_one() {
  assert(wants_more());
  keys_[size_].emplace(private_key::generate());
  ++size_;
}

} // namespace devp2p::crypto
