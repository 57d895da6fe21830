// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/net/p2p/base.hpp"
#include "devp2p/net/rlpx/cleartext.hpp"
#include "devp2p/net/rlpx/frame_codec.hpp"
#include "devp2p/net/rlpx/secrets.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

namespace devp2p::rlpx {

/// Turns messages into octets and back, from the end of the handshake on: frames, message
/// identifiers and compression (RLPx, "Framing" and "Capability Messaging"; EIP-706).
///
/// Opening is over after an `errc`, which then stays the answer. Holds keys, so it is moved but
/// never copied or printed. Not thread-safe.
class session {
public:
  explicit session(const secrets& keys);
  explicit session(cleartext);

  /// From the next message on, payloads are compressed, both ways. The two Hellos never are: to be
  /// called when one was sealed and the other opened.
  void enable_snappy() { snappy_ = compress_ = true; }

  /// The same for what is sealed alone: a remote that has read our Hello expects that, whatever has
  /// become of its own.
  void compress_sealed(bool on) { compress_ = on; }

  /// From the next header on, no message is taken whose payload has more than `max_size` octets,
  /// and none with more than `frame_codec::max_content_size` in any case. A session starts with
  /// `p2p::max_hello_size`, so that nobody holds more than that for a stranger.
  void limit_messages(std::size_t max_size);

  /// Appends one frame to `out`. `errc::outgoing_message_too_large` if no frame can hold the
  /// message, which then was never sent: `out` and the session stay as they were.
  [[nodiscard]] std::optional<errc> seal(std::uint64_t id, byte_view payload, bytes& out);

  /// Not enough octets yet: call again with at least `wanted`.
  struct incomplete {
    std::size_t wanted;
  };

  struct message {
    std::uint64_t id;
    /// The payload as it came: a part of what was passed to `open`.
    byte_view body;
    /// Octets of the payload once it is `read`.
    std::size_t size;
    bool compressed;
  };

  using opened = std::variant<incomplete, message, errc>;

  /// Takes one message from the front of `in`, which it overwrites. A header is taken as soon as it
  /// is there, and decides: what is too large or not authentic is refused before its body has come.
  ///
  /// The payload of Disconnect is never called compressed, since remotes send it either way.
  [[nodiscard]] opened open(mutable_byte_view& in);

  /// Writes the payload of `from` to `out`, which has exactly `from.size` octets.
  /// `errc::snappy_malformed` if there is less or more to it; the session must then end.
  [[nodiscard]] static std::optional<errc> read(const message& from, mutable_byte_view out);

  /// Holds little while nothing is sealed or opened: to be called when that may take a while.
  void rest();

private:
  opened open_next(mutable_byte_view& in);
  [[nodiscard]] std::optional<errc> refuse(std::size_t content_size) const;
  [[nodiscard]] opened parse(byte_view content) const;

  std::variant<frame_codec, cleartext_codec> codec_;
  /// Of what is opened, and of what is sealed.
  bool snappy_ = false;
  bool compress_ = false;
  std::size_t max_size_ = p2p::max_hello_size;
  /// Set between a header and its body.
  std::optional<std::size_t> content_size_;
  std::optional<errc> failure_;
};

} // namespace devp2p::rlpx
