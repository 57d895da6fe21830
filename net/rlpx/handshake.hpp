// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/net/crypto/key_reserve.hpp"
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
/// plain auth with a plain ack. After an `errc` it stays failed; once it is `established`, it only
/// gives the keys.
/// Holds keys, so it is moved but never printed. Not thread-safe. The random source must outlive
/// it, and `ahead`, too, from which it takes fresh keys as long as there are any; null if it is to
/// make them all.
class handshake {
public:
  /// Makes the end of the initiator, which must know the node that it has dialled.
  [[nodiscard]] static handshake initiator(const crypto::private_key& self, const node_id& remote,
                                           random_source& random,
                                           crypto::key_reserve* ahead = nullptr);
  [[nodiscard]] static handshake recipient(const crypto::private_key& self, random_source& random,
                                           crypto::key_reserve* ahead = nullptr);

  /// Returns the auth packet. Only for the initiator, only once and before it receives anything.
  /// Fails with `errc::invalid_public_key` if the remote's id is no point of the curve.
  [[nodiscard]] expected<bytes> start();

  /// The packet is not complete: call again with at least `wanted` bytes. It may prove longer
  /// still.
  struct incomplete {
    std::size_t wanted;
  };

  struct established {
    node_id remote;
    /// The ack packet, for the recipient to send before anything else; the initiator's is empty.
    bytes reply;
  };

  using outcome = std::variant<incomplete, established, errc>;

  /// Takes the remote's only packet from the front of `in`, or leaves `in` as it is. Never wants
  /// more bytes than a packet can have.
  [[nodiscard]] outcome receive(byte_view& in);

  /// Returns the keys of the session, once it is established. The recipient should first send its
  /// ack: the keys take it as long as the remote takes to read that.
  [[nodiscard]] secrets keys() const;

private:
  /// The form of a packet: with a size in front and RLP in it (EIP-8), or plain, as it was before.
  enum class form { eip8, plain };

  struct packet {
    form written;
    byte_view wire;
    bytes content;
  };

  handshake(role self, const crypto::private_key& key, random_source& random,
            crypto::key_reserve* ahead);

  std::variant<incomplete, packet, errc> split(byte_view in);
  std::variant<incomplete, packet, errc> split_eip8(byte_view in) const;
  expected<established> accept_auth(const packet& auth);
  expected<established> accept_ack(const packet& ack);
  expected<bytes> make_ack(form written, const crypto::private_key& ephemeral) const;
  expected<bytes> seal_eip8(bytes content) const;
  crypto::private_key fresh_key() const;

  role role_;
  crypto::private_key key_;
  random_source* random_;
  crypto::key_reserve* ahead_;
  node_id remote_;
  nonce nonce_{};
  nonce remote_nonce_{};
  /// Our ephemeral key: the initiator's once it has started, the recipient's once it is
  /// established.
  std::optional<crypto::private_key> ephemeral_;
  /// The remote's ephemeral key, for the recipient, once it is established.
  node_id remote_ephemeral_;
  /// The product of the two, for the initiator, once it is established.
  std::optional<crypto::secret<32>> ephemeral_shared_;
  /// The packets as they were sent, once they were.
  bytes auth_;
  bytes ack_;
  /// Whether a packet that starts like a plain one was found not to be one.
  bool plain_refused_ = false;
  std::optional<errc> failure_;
};

} // namespace devp2p::rlpx
