// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/net/crypto/keccak_permutation.hpp"

#include <cstddef>
#include <initializer_list>

namespace devp2p::crypto {

/// Keccak-256 as Ethereum uses it: Keccak[512] with the padding of the submission to NIST (a 1 bit,
/// zeros, a 1 bit), which FIPS 202 later changed for SHA3-256 (Ethereum Yellow Paper, appendix A).
///
/// Takes its input in any pieces, and returns the digest of the input so far any number of times:
/// RLPx authenticates a whole direction with one such hash. Never allocates. A value: copies go on
/// independently.
class keccak256 {
public:
  static constexpr std::size_t size = 32;

  /// Returns the digest of all parts, one after the other.
  [[nodiscard]] static byte_array<size> of(std::initializer_list<byte_view> parts);

  void update(byte_view in);
  /// Returns the digest of the input so far. Costs one permutation.
  [[nodiscard]] byte_array<size> digest() const;

  /// The digests before and after an update.
  struct digests {
    byte_array<size> before;
    byte_array<size> after;
  };

  /// Takes `in`, and returns the digests before and after it. Where the processor takes two
  /// permutations in the time of one, the first digest is free.
  [[nodiscard]] digests update_between(byte_view in);

private:
  static constexpr std::size_t rate = 136;

  /// Returns the padded state, which begins with the digest of the input so far once it is
  /// permuted.
  [[nodiscard]] keccak_state padded() const;
  /// Absorbs the bytes that fit before the next permutation, and removes them from `in`. Returns
  /// whether that permutation is due.
  bool absorb(byte_view& in);

  keccak_state state_;
  /// The place of the next byte in the first `rate` bytes of the state.
  std::size_t position_ = 0;
};

} // namespace devp2p::crypto
