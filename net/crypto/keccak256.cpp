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

void permute(keccak_state& x, keccak_state& y) {
  static const auto fastest = keccak_permutations().front().apply_to_both;
  fastest(x, y);
}

byte_array<keccak256::size> digest_from(const keccak_state& permuted) {
  byte_array<keccak256::size> out;
  std::copy_n(permuted.content.begin(), out.size(), out.begin());
  return out;
}

/// Works word by word: between digests, RLPx absorbs sixteen bytes, at any position.
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

keccak_state keccak256::padded() const {
  auto out = state_;
  out.content[position_] ^= 0x01;
  out.content[rate - 1] ^= 0x80;
  return out;
}

bool keccak256::absorb(byte_view& in) {
  auto count = std::min(in.size(), rate - position_);
  exclusive_or(state_.content.data() + position_, in.data(), count);
  in = in.subspan(count);
  position_ += count;
  if (position_ < rate)
    return false;
  position_ = 0;
  return true;
}

void keccak256::update(byte_view in) {
  while (!in.empty())
    if (absorb(in))
      permute(state_);
}

byte_array<keccak256::size> keccak256::digest() const {
  auto last = padded();
  permute(last);
  return digest_from(last);
}

keccak256::digests keccak256::update_between(byte_view in) {
  auto before = padded();
  if (absorb(in)) {
    permute(before, state_);
    update(in);
    return {digest_from(before), digest()};
  }
  auto after = padded();
  permute(before, after);
  return {digest_from(before), digest_from(after)};
}

} // namespace devp2p::crypto
