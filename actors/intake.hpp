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
    auto out = buffer_.prepare(is_slow_ ? granted_ : wanted_, chunk);
    return out.first(std::min(out.size(), most));
  }

  /// Records that the first `size` bytes of that room were read.
  void on_read(std::size_t size) {
    buffer_.commit(size);
    read_ += size;
    limit_.spend(size);
  }

  /// The total number of bytes that were read.
  [[nodiscard]] std::uint64_t read() const { return read_; }

  [[nodiscard]] mutable_byte_view view() { return buffer_.view(); }
  [[nodiscard]] bool empty() const { return buffer_.size() == 0; }

  /// Records that all but the last `left` bytes were parsed, and that a parser needs `wanted` bytes
  /// to go on: no more than a frame.
  void on_parsed(std::size_t left, std::size_t wanted = 1) {
    buffer_.consume(buffer_.size() - left);
    if (wanted != wanted_)
      end_grant();
    wanted_ = static_cast<std::uint32_t>(wanted);
  }

  // Memory.

  /// The size of a frame from which on memory is asked for before it is read.
  static constexpr std::size_t large = std::size_t{64} << 10;

  /// The number of bytes held: the buffer, and for a large frame that may be read, what it takes
  /// in addition, and as much again for its payload.
  [[nodiscard]] std::size_t held() const {
    auto frame = std::max<std::size_t>(capacity(), granted_);
    return may_read_frame() ? frame + wanted_ : frame;
  }
  [[nodiscard]] std::size_t capacity() const { return buffer_.capacity(); }
  /// Returns true iff a large frame comes next, and may be read as a whole.
  [[nodiscard]] bool may_read_frame() const { return granted_ > 0 && !is_slow_; }
  /// The number of bytes to be held in addition before more of the large frame that comes next is
  /// read; 0 if it is not large, or more may be read. A buffer that is large enough already is no
  /// payload's memory.
  [[nodiscard]] std::size_t growth() const {
    if (wanted_ <= large || (is_slow_ ? buffer_.size() < granted_ : granted_ > 0))
      return 0;
    auto frame = next_grant();
    return frame - std::min(std::max<std::size_t>(capacity(), granted_), frame) +
           (is_slow_ ? 0 : frame);
  }
  /// The size of a buffer for which no session asks.
  static constexpr std::size_t small = std::size_t{4} << 10;
  /// The number of bytes by which the buffer must grow for a frame that is not large; 0 if it needs
  /// a `small` buffer only.
  [[nodiscard]] std::size_t small_growth() const {
    return wanted_ > large || wanted_ <= small
             ? 0
             : wanted_ - std::min<std::size_t>(capacity(), wanted_);
  }
  /// Records that the large frame that comes next, or more of it, may be read. Precondition:
  /// `growth` is not 0.
  void grant() { granted_ = static_cast<std::uint32_t>(next_grant()); }
  /// Takes back what was granted for the part of the large frame that has not come. From now on,
  /// the frame is read as far as there is memory, and its payload has none. Precondition:
  /// `may_read_frame`.
  void take_back() {
    buffer_.fit();
    is_slow_ = true;
    granted_ = static_cast<std::uint32_t>(buffer_.size());
  }
  /// Returns true iff that was done with the frame that comes next.
  [[nodiscard]] bool is_slow() const { return is_slow_; }
  /// The number of bytes that were granted for a frame and have not come.
  [[nodiscard]] std::size_t outstanding() const {
    return may_read_frame() ? wanted_ - std::min<std::size_t>(wanted_, buffer_.size()) : 0;
  }
  /// Releases the memory that is not needed, unless it was granted.
  void rest() {
    if (!may_read_frame() || empty())
      buffer_.rest();
    if (empty())
      end_grant();
  }
  /// Releases the memory and all bytes in it.
  void release() {
    buffer_.release();
    end_grant();
  }

  /// Returns true iff the owner must ask the stream to be called when there is data: it is not
  /// asked yet, and the rate allows a read.
  [[nodiscard]] bool must_await() { return !limit_.waits() && !std::exchange(awaiting_, true); }
  /// Records that the stream has called.
  void on_readable() { awaiting_ = false; }

private:
  void end_grant() {
    granted_ = 0;
    is_slow_ = false;
  }
  /// The size of the buffer that is to be granted next: for a slow frame, little more than has
  /// come.
  [[nodiscard]] std::size_t next_grant() const {
    auto more = buffer_.size() + std::max(large, buffer_.size() / 2);
    return is_slow_ ? std::min<std::size_t>(more, wanted_) : wanted_;
  }

  throttle limit_;
  std::shared_ptr<std::pmr::memory_resource> memory_;
  read_buffer buffer_{*memory_};
  std::uint64_t read_ = 0;
  /// The number of bytes at the front of `buffer_` that are needed to go on.
  std::uint32_t wanted_ = 1;
  /// If these are a large frame, the size of the buffer for which there is memory; or else 0.
  std::uint32_t granted_ = 0;
  bool is_slow_ = false;
  bool awaiting_ = false;
};

} // namespace devp2p
