// SPDX-License-Identifier: BSL-1.0

// Goal: every permutation that this processor can run, alone and two at a time, is Keccak-f, for
// any state; and a digest is the same however its input comes.
//
// Method: hashes the input as SHA3-256 does, by each permutation and by libcrypto; hashes it as
// RLPx does, in one piece and in three.

#include "target.hpp"

#include "devp2p/net/crypto/keccak256.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

namespace devp2p::fuzz::keccak_target {

using namespace crypto;

namespace {

constexpr std::size_t rate = 136;

/// Returns `in` with the padding of SHA3-256 (FIPS 202, section 6.1).
bytes padded(byte_view in) {
  bytes out{in.begin(), in.end()};
  out.push_back(0x06);
  out.resize((out.size() + rate - 1) / rate * rate);
  out.back() |= 0x80;
  return out;
}

/// Absorbs `in` into two sponges at a time; the second gets the input from its end.
std::array<keccak_state, 2> absorb(const keccak_permutation& way, const bytes& in) {
  std::array<keccak_state, 2> out;
  for (std::size_t block = 0; block < in.size(); block += rate) {
    for (std::size_t i = 0; i < rate; ++i) {
      out[0].content[i] ^= in[block + i];
      out[1].content[i] ^= in[in.size() - 1 - block - i];
    }
    way.apply_to_both(out[0], out[1]);
  }
  return out;
}

keccak_state absorb_alone(const keccak_permutation& way, const bytes& in) {
  keccak_state out;
  for (std::size_t block = 0; block < in.size(); block += rate) {
    for (std::size_t i = 0; i < rate; ++i)
      out.content[i] ^= in[block + i];
    way.apply(out);
  }
  return out;
}

void permute_by_all(byte_view in) {
  byte_array<32> judged;
  unsigned size = 0;
  require(EVP_Digest(in.data(), in.size(), judged.data(), &size, EVP_sha3_256(), nullptr) == 1);
  auto forth = padded(in);
  auto back = bytes{forth.rbegin(), forth.rend()};
  for (const auto& way : keccak_permutations()) {
    auto alone = absorb_alone(way, forth);
    require(std::equal(judged.begin(), judged.end(), alone.content.begin()));
    auto both = absorb(way, forth);
    require(both[0].content == alone.content);
    require(both[1].content == absorb_alone(way, back).content);
  }
}

void hash_in_pieces(byte_view in) {
  auto first = in.empty() ? 0 : in[0] % in.size();
  keccak256 hash;
  hash.update(in.first(first));
  auto digests = hash.update_between(in.subspan(first));
  require(digests.before == keccak256::of({in.first(first)}));
  require(digests.after == keccak256::of({in}));
  require(digests.after == hash.digest());
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  permute_by_all({data, size});
  hash_in_pieces({data, size});
  return 0;
}

static const target registered{"keccak", run};

} // namespace devp2p::fuzz::keccak_target
