// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/net/crypto/secret.hpp"

#include <cstddef>

namespace devp2p::crypto {

/// A secret key of the curve secp256k1 (SEC 2, section 2.4.1) and the public key that belongs to
/// it.
///
/// Wiped when destroyed, and never printed.
class private_key {
public:
  static constexpr std::size_t size = 32;

  /// Reads a key: a big-endian number from 1 to the order of the curve less one. Fails with
  /// `errc::invalid_private_key`.
  [[nodiscard]] static expected<private_key> parse(byte_view in);
  /// Returns a fresh key, from the system's generator.
  [[nodiscard]] static private_key generate();
  /// Returns a fresh key. Ends the program if `random` is so broken that it yields none.
  [[nodiscard]] static private_key generate(random_source& random);

  [[nodiscard]] const node_id& id() const { return id_; }
  /// Returns the bytes of the key, for a caller that keeps it in a file.
  [[nodiscard]] const secret<size>& scalar() const { return scalar_; }

private:
  private_key(const secret<size>& scalar, const node_id& id) : scalar_(scalar), id_(id) {}

  secret<size> scalar_;
  node_id id_;
};

/// An ECDSA signature from which the signer's public key can be recovered: r ‖ s ‖ v, where v is 0
/// to 3 (RLPx, "Initial Handshake").
using recoverable_signature = byte_array<65>;

/// The 32 bytes that are signed. No party may choose them freely: use a digest.
using signed_digest = byte_array<32>;

/// Returns whether `id` is a point of the curve other than the point at infinity.
[[nodiscard]] bool is_public_key(const node_id& id);

/// Returns the x coordinate of the product of `own` and `remote`, as it is (RLPx, "ECIES
/// Encryption"). Fails with `errc::invalid_public_key` if `remote` is no point of the curve.
[[nodiscard]] expected<secret<32>> diffie_hellman(const private_key& own, const node_id& remote);

/// Signs `digest` with a nonce that follows from the arguments (RFC 6979).
[[nodiscard]] recoverable_signature sign(const private_key& own, const signed_digest& digest);

/// Returns the signer of `digest`. Fails with `errc::invalid_signature` if no key can have signed
/// it.
[[nodiscard]] expected<node_id> recover(const recoverable_signature& signature,
                                        const signed_digest& digest);

} // namespace devp2p::crypto
