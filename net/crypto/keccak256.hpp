// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/net/crypto/keccak_permutation.hpp"

#include <cstddef>
#include <initializer_list>

namespace devp2p::crypto {

/// Keccak-256 as Ethereum has it: Keccak[512] with the padding of the submission to NIST (a 1 bit,
/// zeros, a 1 bit), which FIPS 202 later changed for SHA3-256 (Ethereum Yellow Paper, appendix A).
///
/// Takes its input in any pieces, and tells the digest of what it has taken so far as often as one
/// likes: RLPx authenticates a whole direction with one such hash. Never allocates. A value: copies
/// go on independently.
class keccak256 {
public:
  static constexpr std::size_t size = 32;

  /// The digest of all parts, one after the other.
  [[nodiscard]] static byte_array<size> of(std::initializer_list<byte_view> parts);

  void update(byte_view in);
  /// The digest of everything so far. Costs one permutation.
  [[nodiscard]] byte_array<size> digest() const;

  /// Of before and after.
  struct digests {
    byte_array<size> before;
    byte_array<size> after;
  };

  /// Takes `in`, and tells the digests before and after it. Where the processor takes two
  /// permutations for the price of one, the first digest is free.
  [[nodiscard]] digests update_between(byte_view in);

private:
  static constexpr std::size_t rate = 136;

  /// The state that the digest of everything so far is the start of, but for a permutation.
  [[nodiscard]] keccak_state padded() const;
  /// Takes what fits before the next permutation, and cuts it off `in`. Whether that one is due.
  bool absorb(byte_view& in);

  keccak_state state_;
  /// Where in the first `rate` octets of the state the next octet goes.
  std::size_t position_ = 0;
};

} // namespace devp2p::crypto
