// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/net/rlpx/frame_codec.hpp"
#include "devp2p/net/rlpx/handshake.hpp"

#include <cstddef>
#include <optional>
#include <variant>

/// RLPx without its cryptography: the same packets and frames in the same places, unsealed. Only
/// for simulations of many nodes, all in one process: any data on the wire is believed.
namespace devp2p::rlpx {

/// The keys of a session without cryptography: none.
struct cleartext {};

/// Does `handshake`'s work: each end sends its id, and the initiator also the id that it has
/// dialled.
///
/// Not to be used after an `errc`; once it is `established`, it only gives the keys.
class cleartext_handshake {
public:
  [[nodiscard]] static cleartext_handshake initiator(const node_id& self, const node_id& remote);
  [[nodiscard]] static cleartext_handshake recipient(const node_id& self);

  /// Returns our id and the remote's. Only for the initiator, only once.
  [[nodiscard]] expected<bytes> start() const;

  struct established {
    node_id remote;
    /// For the recipient to send before anything else; the initiator's is empty.
    bytes reply;
  };

  using outcome = std::variant<handshake::incomplete, established, errc>;

  /// Takes the remote's only packet from the front of `in`, or leaves `in` as it is. Fails with
  /// `errc::handshake_decryption`, as for a packet that was not encrypted for us, if the remote
  /// takes us for another node, or is not the node that we dialled.
  [[nodiscard]] outcome receive(byte_view& in) const;

  [[nodiscard]] static cleartext keys() { return {}; }

private:
  cleartext_handshake(const node_id& self, const std::optional<node_id>& wanted)
    : self_(self),
      wanted_(wanted) {}

  node_id self_;
  /// The node that we dialled; `nullopt` for the recipient.
  std::optional<node_id> wanted_;
};

/// Does `frame_codec`'s work: frames have the same sizes, and their tags are zero.
class cleartext_codec {
public:
  static void seal(mutable_byte_view frame, std::size_t content_size) {
    seal_header(frame.first(frame_codec::header_size), content_size);
  }
  static void seal_header(mutable_byte_view header, std::size_t content_size);
  static void seal_part(mutable_byte_view) {}
  static void seal_tag(mutable_byte_view) {}
  [[nodiscard]] static expected<std::size_t> open_header(mutable_byte_view in);
  static void open_part(mutable_byte_view) {}
  [[nodiscard]] static std::optional<errc> open_body(mutable_byte_view) { return std::nullopt; }
  static void rest() {}
};

} // namespace devp2p::rlpx
