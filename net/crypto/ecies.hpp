// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/net/random_source.hpp"

#include <cstddef>
#include <cstdint>

namespace devp2p::crypto {

/// By how much a message is longer than what it hides.
inline constexpr std::size_t ecies_overhead = 65 + 16 + 32;

/// What every message starts with: its point is uncompressed.
inline constexpr std::uint8_t ecies_first_octet = 0x04;

/// Encrypts `plain` for `remote`: point (65) ‖ initial counter (16) ‖ ciphertext ‖ tag (32); the
/// tag covers `authenticated`, too, which is not sent (RLPx, "ECIES Encryption").
///
/// `errc::invalid_public_key` if `remote` is no point of the curve.
[[nodiscard]] expected<bytes> ecies_encrypt(const node_id& remote, byte_view plain,
                                            byte_view authenticated, net::random_source& random);

/// Inverse of `ecies_encrypt`; `errc::handshake_decryption` whatever may be wrong with `message`,
/// so that nobody learns more.
[[nodiscard]] expected<bytes> ecies_decrypt(const private_key& own, byte_view message,
                                            byte_view authenticated);

} // namespace devp2p::crypto
