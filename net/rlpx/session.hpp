// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/net/p2p/base.hpp"
#include "devp2p/net/rlpx/cleartext.hpp"
#include "devp2p/net/rlpx/frame_codec.hpp"
#include "devp2p/net/rlpx/large_message.hpp"
#include "devp2p/net/rlpx/secrets.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <variant>

namespace devp2p::rlpx {

/// Turns messages into bytes and back, from the end of the handshake on: frames, message
/// identifiers and compression (RLPx, "Framing" and "Capability Messaging"; EIP-706).
///
/// After an `errc` of `open`, each further call returns that error. Holds keys, so it is moved but
/// never copied or printed. Not thread-safe.
class session {
public:
  explicit session(const secrets& keys);
  explicit session(cleartext);

  /// Compresses payloads from the next message on, both ways. The two Hellos never are compressed:
  /// call this when one was sealed and the other opened.
  void enable_snappy() { snappy_ = compress_ = true; }

  /// Switches compression for sealed messages alone. A remote that has read our Hello expects
  /// compression, whatever has become of its own Hello.
  void compress_sealed(bool on) { compress_ = on; }

  /// Sets the largest payload, in bytes, that is taken from the next header on, but never more than
  /// `frame_codec::max_content_size`. A session starts with `p2p::max_hello_size`, so that no more
  /// than that is held for a stranger.
  void limit_messages(std::size_t max_size);

  /// Appends one frame to `out`. Fails with `errc::outgoing_message_too_large` if no frame can hold
  /// the message; then `out` and the session stay as they were.
  [[nodiscard]] std::optional<errc> seal(std::uint64_t id, byte_view payload, bytes& out);

  /// Begins a message that is too large to be sealed at once. `large_message` says what follows.
  [[nodiscard]] large_message begin_large(std::uint64_t id, byte_view payload,
                                          std::pmr::memory_resource& memory) const {
    return {id, payload, compress_, memory};
  }

  /// Seals the chunk of `message` that is to be written next. Fails, before it has sealed anything,
  /// with `errc::outgoing_message_too_large` if no frame can hold the message.
  [[nodiscard]] std::optional<errc> seal_chunk(large_message& message);

  /// The frame is not complete: call again with at least `wanted` bytes, the first of them as they
  /// were left.
  struct incomplete {
    std::size_t wanted;
  };

  struct message {
    std::uint64_t id;
    /// The payload as it came: a part of the input of `open`.
    byte_view body;
    /// The payload's size in bytes once it is `read`.
    std::size_t size;
    bool compressed;
  };

  using opened = std::variant<incomplete, message, errc>;

  /// Takes one message from the front of `in`, which it overwrites. A header is taken as soon as it
  /// is there: a message that is too large, or whose header is not authentic, is refused before its
  /// body has come. The body is decrypted as it comes, so that the last call has no more to do than
  /// the others; nothing of it is believed until all is authentic.
  ///
  /// A Disconnect is never marked as compressed, since remotes send it either way.
  [[nodiscard]] opened open(mutable_byte_view& in);

  /// Writes the payload of `from` to `out`, which has exactly `from.size` bytes. Fails with
  /// `errc::snappy_malformed` if the payload has more or less, or cannot be read; the session must
  /// then end.
  [[nodiscard]] static std::optional<errc> read(const message& from, mutable_byte_view out);

  /// Frees memory until a message is sealed or opened: to be called when that may take a while.
  void rest();

private:
  opened open_next(mutable_byte_view& in);
  void open_part(mutable_byte_view come, std::size_t body_size);
  [[nodiscard]] std::optional<errc> refuse(std::size_t content_size) const;
  [[nodiscard]] opened parse(byte_view content) const;
  [[nodiscard]] std::optional<errc> parse(byte_view content, message& out) const;

  /// Calls `use` with the codec.
  template <class Use>
  auto with_codec(const Use& use) {
    if (auto* sealing = std::get_if<std::unique_ptr<frame_codec>>(&codec_))
      return use(**sealing);
    return use(std::get<cleartext_codec>(codec_));
  }

  /// A frame codec is most of a session's memory. It is not here, since many sessions of a
  /// simulation have none.
  std::variant<std::unique_ptr<frame_codec>, cleartext_codec> codec_;
  /// Whether opened messages are compressed.
  bool snappy_ = false;
  /// Whether sealed messages are compressed.
  bool compress_ = false;
  std::size_t max_size_ = p2p::max_hello_size;
  /// The size of the frame's content; set between its header and its body.
  std::optional<std::size_t> content_size_;
  /// The number of bytes of the body that have been decrypted.
  std::size_t body_opened_ = 0;
  std::optional<errc> failure_;
};

} // namespace devp2p::rlpx
