// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/net/rlpx/secrets.hpp"

#include <cstddef>
#include <optional>
#include <variant>

namespace devp2p::rlpx {

/// Proves the identities of two nodes to each other, and agrees on the keys of their session: the
/// initiator sends auth, the recipient answers with ack (RLPx, "Initial Handshake"; EIP-8).
///
/// Sends the packets of EIP-8. Takes these and the plain packets from before EIP-8, and answers a
/// plain auth with a plain ack. After an `errc` it stays failed; over once it is `established`.
/// Holds keys, so it is moved but never printed. Not thread-safe. The random source must outlive
/// it.
class handshake {
public:
  /// Makes the end of the initiator, which must know the node that it has dialled.
  [[nodiscard]] static handshake initiator(const crypto::private_key& self, const node_id& remote,
                                           random_source& random);
  [[nodiscard]] static handshake recipient(const crypto::private_key& self, random_source& random);

  /// Returns the auth packet. Only for the initiator, only once and before it receives anything.
  /// Fails with `errc::invalid_public_key` if the remote's id is no point of the curve.
  [[nodiscard]] expected<bytes> start();

  /// The packet is not complete: call again with at least `wanted` bytes. It may prove longer
  /// still.
  struct incomplete {
    std::size_t wanted;
  };

  struct established {
    secrets keys;
    node_id remote;
    /// The ack packet, for the recipient to send before anything else; the initiator's is empty.
    bytes reply;
  };

  using outcome = std::variant<incomplete, established, errc>;

  /// Takes the remote's only packet from the front of `in`, or leaves `in` as it is. Never wants
  /// more bytes than a packet can have.
  [[nodiscard]] outcome receive(byte_view& in);

private:
  /// The form of a packet: with a size in front and RLP in it (EIP-8), or plain, as it was before.
  enum class form { eip8, plain };

  struct packet {
    form written;
    byte_view wire;
    bytes content;
  };

  handshake(role self, const crypto::private_key& key, random_source& random);

  std::variant<incomplete, packet, errc> split(byte_view in);
  std::variant<incomplete, packet, errc> split_eip8(byte_view in) const;
  expected<established> accept_auth(const packet& auth);
  expected<established> accept_ack(const packet& ack) const;
  expected<bytes> make_ack(form written, const crypto::private_key& ephemeral) const;

  role role_;
  crypto::private_key key_;
  random_source* random_;
  node_id remote_;
  nonce nonce_{};
  /// The initiator's ephemeral key, once it has started.
  std::optional<crypto::private_key> ephemeral_;
  /// The initiator's auth packet, once it has started.
  bytes auth_;
  /// Whether a packet that starts like a plain one was found not to be one.
  bool plain_refused_ = false;
  std::optional<errc> failure_;
};

} // namespace devp2p::rlpx
