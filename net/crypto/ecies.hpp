// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"

#include <cstddef>
#include <cstdint>

namespace devp2p::crypto {

/// The number of bytes by which a message is longer than its plaintext.
inline constexpr std::size_t ecies_overhead = 65 + 16 + 32;

/// The first byte of every message: its point is uncompressed.
inline constexpr std::uint8_t ecies_first_byte = 0x04;

/// Encrypts `plain` for `remote`. Returns point (65) ‖ initial counter (16) ‖ ciphertext ‖ tag
/// (32), sizes in bytes. The tag also covers `authenticated`, which is not sent (RLPx, "ECIES
/// Encryption").
///
/// Fails with `errc::invalid_public_key` if `remote` is no point of the curve.
[[nodiscard]] expected<bytes> ecies_encrypt(const node_id& remote, byte_view plain,
                                            byte_view authenticated, random_source& random);
/// Encrypts like that with the key `ephemeral`, which must be fresh, and must not be used again.
[[nodiscard]] expected<bytes> ecies_encrypt(const node_id& remote, byte_view plain,
                                            byte_view authenticated, const private_key& ephemeral,
                                            random_source& random);

/// The inverse of `ecies_encrypt`. Fails with `errc::handshake_decryption` whatever is wrong with
/// `message`, so that its sender learns no more.
[[nodiscard]] expected<bytes> ecies_decrypt(const private_key& own, byte_view message,
                                            byte_view authenticated);

} // namespace devp2p::crypto
