// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/net/random_source.hpp"
#include "devp2p/net/rlpx/secrets.hpp"

#include <cstddef>
#include <optional>
#include <variant>

namespace devp2p::rlpx {

/// Proves to each other who two nodes are, and agrees on the keys of their session: the initiator
/// sends auth, the recipient answers with ack (RLPx, "Initial Handshake"; EIP-8).
///
/// Sends the packets of EIP-8; takes them as well as the plain ones from before, and answers a
/// plain auth with a plain ack. Dead after an `errc`; over once it is `established`. Holds keys, so
/// it is moved but never printed. Not thread-safe. The random source must outlive it.
class handshake {
public:
  /// The initiator must know whom it has dialled.
  [[nodiscard]] static handshake initiator(const crypto::private_key& self, const node_id& remote,
                                           net::random_source& random);
  [[nodiscard]] static handshake recipient(const crypto::private_key& self,
                                           net::random_source& random);

  /// The auth packet. Only for the initiator, only once and before it receives anything.
  /// `errc::invalid_public_key` if the remote's id is no point of the curve.
  [[nodiscard]] expected<bytes> start();

  /// No whole packet yet: call again with at least `wanted` octets. There may be more to it.
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

  /// Takes the remote's only packet from the front of `in`, or nothing. Never wants more octets
  /// than a packet can have.
  [[nodiscard]] outcome receive(byte_view& in);

private:
  /// How a packet is written: with a size in front and RLP in it (EIP-8), or as it was before.
  enum class form { eip8, plain };

  struct packet {
    form written;
    byte_view wire;
    bytes content;
  };

  handshake(role self, const crypto::private_key& key, net::random_source& random);

  std::variant<incomplete, packet, errc> split(byte_view in);
  std::variant<incomplete, packet, errc> split_eip8(byte_view in) const;
  expected<established> accept_auth(const packet& auth);
  expected<established> accept_ack(const packet& ack) const;
  expected<bytes> make_ack(form written, const crypto::private_key& ephemeral) const;

  role role_;
  crypto::private_key key_;
  net::random_source* random_;
  node_id remote_;
  nonce nonce_{};
  // The initiator's, from when it starts.
  std::optional<crypto::private_key> ephemeral_;
  bytes auth_;
  /// What starts like a plain packet was found not to be one.
  bool plain_refused_ = false;
  std::optional<errc> failure_;
};

} // namespace devp2p::rlpx
