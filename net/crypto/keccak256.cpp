// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/keccak256.hpp"

#include <algorithm>
#include <cstring>

namespace devp2p::crypto {

namespace {

void permute(keccak_state& state) {
  static const auto fastest = keccak_permutations().front().apply;
  fastest(state);
}

/// Word by word: what RLPx absorbs in between is sixteen octets, at any position.
void exclusive_or(std::uint8_t* out, const std::uint8_t* in, std::size_t count) {
  std::uint64_t left;
  std::uint64_t right;
  for (; count >= sizeof left; count -= sizeof left) {
    std::memcpy(&left, out, sizeof left);
    std::memcpy(&right, in, sizeof right);
    left ^= right;
    std::memcpy(out, &left, sizeof left);
    out += sizeof left;
    in += sizeof left;
  }
  for (; count > 0; --count)
    *out++ ^= *in++;
}

} // namespace

byte_array<keccak256::size> keccak256::of(std::initializer_list<byte_view> parts) {
  keccak256 hash;
  for (auto part : parts)
    hash.update(part);
  return hash.digest();
}

void keccak256::update(byte_view in) {
  while (!in.empty()) {
    auto count = std::min(in.size(), rate - position_);
    exclusive_or(state_.octets.data() + position_, in.data(), count);
    in = in.subspan(count);
    position_ += count;
    if (position_ == rate) {
      permute(state_);
      position_ = 0;
    }
  }
}

byte_array<keccak256::size> keccak256::digest() const {
  auto last = state_;
  last.octets[position_] ^= 0x01;
  last.octets[rate - 1] ^= 0x80;
  permute(last);
  byte_array<size> out;
  std::copy_n(last.octets.begin(), size, out.begin());
  return out;
}

} // namespace devp2p::crypto
