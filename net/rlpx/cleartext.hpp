// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/net/rlpx/handshake.hpp"

#include <cstddef>
#include <optional>
#include <variant>

/// RLPx without its cryptography: the same packets and frames in the same places, sealed by
/// nothing. For simulations of many nodes only, in which all are in one process: whoever can write
/// to the wire is believed.
namespace devp2p::rlpx {

/// There are no keys.
struct cleartext {};

/// Does `handshake`'s work: each end says who it is, and the initiator whom it wants.
///
/// Dead after an `errc`; over once it is `established`.
class cleartext_handshake {
public:
  [[nodiscard]] static cleartext_handshake initiator(const node_id& self, const node_id& remote);
  [[nodiscard]] static cleartext_handshake recipient(const node_id& self);

  /// Our id and the remote's. Only for the initiator, only once.
  [[nodiscard]] expected<bytes> start() const;

  struct established {
    cleartext keys;
    node_id remote;
    /// For the recipient to send before anything else; the initiator's is empty.
    bytes reply;
  };

  using outcome = std::variant<handshake::incomplete, established, errc>;

  /// Takes the remote's only packet from the front of `in`, or nothing.
  /// `errc::handshake_decryption`, as of a packet that was not encrypted for us, if the remote
  /// takes us for somebody else, or is not whom we want.
  [[nodiscard]] outcome receive(byte_view& in) const;

private:
  cleartext_handshake(const node_id& self, const std::optional<node_id>& wanted)
    : self_(self),
      wanted_(wanted) {}

  node_id self_;
  /// Nobody in particular if we are the recipient.
  std::optional<node_id> wanted_;
};

/// Does `frame_codec`'s work: frames have the same sizes, their tags are zero.
class cleartext_codec {
public:
  static void seal(mutable_byte_view frame, std::size_t content_size);
  [[nodiscard]] static expected<std::size_t> open_header(mutable_byte_view in);
  [[nodiscard]] static std::optional<errc> open_body(mutable_byte_view) { return std::nullopt; }
  static void rest() {}
};

} // namespace devp2p::rlpx
