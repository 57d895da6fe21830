// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/net/byte_chain.hpp"
#include "devp2p/net/rlpx/compression.hpp"

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>

namespace devp2p::rlpx {

/// A message on its way into a frame, in slices: one too large to be sealed at once while others
/// wait. First its content is prepared, since the header has the content's size. Then
/// `session::seal_chunk` seals a chunk of the frame at a time, and the owner removes it.
///
/// Until the first chunk is sealed, other messages may be sealed and this one dropped. After that,
/// all of it must be written, and nothing else before it is.
class large_message {
public:
  /// The payload is compressed if `compressing`. It must stay until the message `is_prepared`.
  /// Allocates from `memory`, which must outlive this message.
  large_message(std::uint64_t id, byte_view payload, bool compressing,
                std::pmr::memory_resource& memory);

  /// Takes the next part of the payload, at most `max_bytes` and at least one byte or all that is
  /// left.
  void prepare(std::size_t max_bytes);
  [[nodiscard]] bool is_prepared() const { return prepared_; }

  /// The size of the frame's content in bytes, once it is prepared.
  [[nodiscard]] std::size_t content_size() const { return content_size_; }

  /// The number of bytes of memory that the frame takes so far.
  [[nodiscard]] std::size_t held() const { return frame_.held(); }

  /// The chunk of the frame that is to be sealed or written next. Precondition: not `is_over`.
  [[nodiscard]] mutable_byte_view chunk() const { return frame_.front(); }
  void remove_chunk() { frame_.pop_front(); }
  /// Returns true iff all chunks were removed.
  [[nodiscard]] bool is_over() const { return frame_.empty(); }

private:
  friend class session;

  void append(byte_view content);

  net::byte_chain frame_;
  /// The rest of a payload that is not compressed.
  byte_view payload_;
  std::optional<compressor> compressor_;
  std::size_t content_size_ = 0;
  /// The number of bytes of the body that are to be sealed, without its tag.
  std::size_t body_left_ = 0;
  bool prepared_ = false;
  bool header_sealed_ = false;
};

} // namespace devp2p::rlpx
