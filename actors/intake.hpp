// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/read_buffer.hpp"
#include "devp2p/actors/throttle.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace devp2p {

/// Data of the remote that one session has read and not parsed yet, and the rate at which it may
/// read. A value that touches no stream: its owner reads, parses, and reports both.
class intake {
public:
  /// A null limit allows any rate.
  intake(std::shared_ptr<std::pmr::memory_resource> memory, std::shared_ptr<rate_limit> own,
         std::shared_ptr<rate_limit> shared)
    : limit_(std::move(own), std::move(shared)),
      memory_(std::move(memory)) {}

  [[nodiscard]] const std::shared_ptr<std::pmr::memory_resource>& memory() const { return memory_; }
  [[nodiscard]] throttle& limit() { return limit_; }
  [[nodiscard]] const throttle& limit() const { return limit_; }

  /// Returns room to read into, at most `most` bytes. If the buffer must grow, it gets at least
  /// `chunk` bytes.
  [[nodiscard]] mutable_byte_view room(std::size_t chunk, std::size_t most) {
    auto out = buffer_.prepare(wanted_, chunk);
    return out.first(std::min(out.size(), most));
  }

  /// Records that the first `size` bytes of that room were read.
  void on_read(std::size_t size) {
    buffer_.commit(size);
    limit_.spend(size);
  }

  [[nodiscard]] mutable_byte_view view() { return buffer_.view(); }
  [[nodiscard]] bool empty() const { return buffer_.size() == 0; }

  /// Records that all but the last `left` bytes were parsed, and that a parser needs `wanted` bytes
  /// to go on: no more than a frame.
  void on_parsed(std::size_t left, std::size_t wanted = 1) {
    buffer_.consume(buffer_.size() - left);
    granted_ = granted_ && wanted == wanted_;
    wanted_ = static_cast<std::uint32_t>(wanted);
  }

  // Memory.

  /// The size of a frame from which on memory is asked for before it is read.
  static constexpr std::size_t large = std::size_t{64} << 10;

  /// The number of bytes held: the buffer, and for a large frame that may be read, what it takes
  /// in addition, and as much again for its payload.
  [[nodiscard]] std::size_t held() const {
    return granted_ ? std::max<std::size_t>(capacity(), wanted_) + wanted_ : capacity();
  }
  [[nodiscard]] std::size_t capacity() const { return buffer_.capacity(); }
  /// Returns true iff a large frame comes next, and may be read.
  [[nodiscard]] bool may_read_frame() const { return granted_; }
  /// The number of bytes to be held in addition if the large frame that comes next is read; 0 if it
  /// is not large, or may be read. A buffer that is large enough already is no payload's memory.
  [[nodiscard]] std::size_t growth() const {
    if (wanted_ <= large || granted_)
      return 0;
    return std::max<std::size_t>(capacity(), wanted_) - capacity() + wanted_;
  }
  /// Records that the large frame that comes next may be read. Precondition: `growth` is not 0.
  void grant() { granted_ = true; }
  /// Releases the memory if the buffer is empty.
  void rest() {
    buffer_.rest();
    granted_ = granted_ && !empty();
  }
  /// Releases the memory and all bytes in it.
  void release() {
    buffer_.release();
    granted_ = false;
  }

  /// Returns true iff the owner must ask the stream to be called when there is data: it is not
  /// asked yet, and the rate allows a read.
  [[nodiscard]] bool must_await() { return !limit_.waits() && !std::exchange(awaiting_, true); }
  /// Records that the stream has called.
  void on_readable() { awaiting_ = false; }

private:
  throttle limit_;
  std::shared_ptr<std::pmr::memory_resource> memory_;
  read_buffer buffer_{*memory_};
  /// The number of bytes at the front of `buffer_` that are needed to go on.
  std::uint32_t wanted_ = 1;
  /// Whether these are a large frame, for which there is memory.
  bool granted_ = false;
  bool awaiting_ = false;
};

} // namespace devp2p
