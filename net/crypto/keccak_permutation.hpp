// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/crypto/secret.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace devp2p::crypto {

/// The state of Keccak as the bytes of FIPS 202, section 3.1.2: lane by lane, each little-endian.
///
/// Wiped when destroyed: a reader of all of it, as of a MAC of RLPx, could go on with it.
struct alignas(16) keccak_state {
  std::array<std::uint8_t, 200> content{};

  ~keccak_state() { wipe(content); }
};

/// One way to compute Keccak-f[1600] (FIPS 202, section 3.3). All ways give the same result.
struct keccak_permutation {
  std::string_view name;
  void (*apply)(keccak_state& state);
  /// Applies the permutation to two states, in hardly more time than one takes where there are
  /// vector registers.
  void (*apply_to_both)(keccak_state& x, keccak_state& y);
};

/// Returns the ways that this processor can go, the fastest first. The last is plain C++ and always
/// there.
[[nodiscard]] std::span<const keccak_permutation> keccak_permutations();

} // namespace devp2p::crypto
