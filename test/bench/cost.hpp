// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <cstddef>

/// The cost of one call of each primitive, in seconds. Each is measured for about `seconds`, on one
/// thread, from memory, as the library calls it.
namespace devp2p::bench::cost {

/// The permutation Keccak-f[1600] of one state.
[[nodiscard]] double keccak_permutation(double seconds);
/// The permutation of two states at once.
[[nodiscard]] double keccak_permutations(double seconds);
[[nodiscard]] double keccak256(double seconds, std::size_t size);
[[nodiscard]] double aes256_block(double seconds);
/// AES-256 in counter mode.
[[nodiscard]] double aes_ctr(double seconds, std::size_t size);
[[nodiscard]] double sha256(double seconds, std::size_t size);
[[nodiscard]] double hmac_sha256(double seconds, std::size_t size);
[[nodiscard]] double compress(double seconds, byte_view payload);
/// Uncompresses what `payload` compresses to.
[[nodiscard]] double uncompress(double seconds, byte_view payload);

/// Makes a fresh private key with its public key.
[[nodiscard]] double key_generation(double seconds);
[[nodiscard]] double diffie_hellman(double seconds);
[[nodiscard]] double sign(double seconds);
[[nodiscard]] double recover(double seconds);

} // namespace devp2p::bench::cost
