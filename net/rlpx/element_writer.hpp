// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace devp2p::rlpx {

/// Writes the bytes that the elements of a block of snappy stand for.
///
/// A copy has at most 64 bytes, so that a long repetition comes as many copies with one offset.
/// This class remembers where such a run began: a repetition can then be taken from farther back,
/// where source and target do not overlap. A run of zeros takes libsnappy 1.1.9 eight times as
/// long; other data takes both about the same.
class element_writer {
public:
  explicit element_writer(mutable_byte_view out) : out_(out) {}

  [[nodiscard]] bool full() const { return written_ == out_.size(); }
  [[nodiscard]] std::size_t written() const { return written_; }
  /// Returns the number of bytes that are still to be written.
  [[nodiscard]] std::size_t room() const { return out_.size() - written_; }

  /// Takes `size` bytes from the front of `in`. Returns false, as `repeat` does, if that is
  /// impossible.
  bool append(std::uint64_t size, byte_view& in) {
    if (size > in.size() || size > room())
      return false;
    if (size <= stride && in.size() >= stride && room() >= stride)
      copy_in_strides(in.data(), target(), size);
    else
      std::memcpy(target(), in.data(), size);
    in = in.subspan(size);
    written_ += size;
    return true;
  }

  bool repeat(std::uint64_t offset, std::uint64_t size) {
    if (offset > written_ || size > room())
      return false;
    if (offset != run_offset_ || written_ != run_end_) {
      run_offset_ = offset;
      run_begin_ = written_ - offset;
    }
    auto distance = size <= offset ? offset : distance_in_run();
    auto* to = target();
    const auto* from = to - distance;
    if (distance >= stride && room() - size >= stride)
      copy_in_strides(from, to, size);
    else if (distance == 1) // Byte by byte, each would wait for the one before.
      std::memset(to, *from, size);
    else
      for (std::size_t i = 0; i < size; ++i)
        to[i] = from[i];
    written_ += size;
    run_end_ = written_;
    return true;
  }

private:
  static constexpr std::size_t stride = 16;

  /// Copies `size` bytes in steps, each of which the compiler makes a single move. Both sides must
  /// have room for a last whole step, and `to` must not lie less than a step behind `from`.
  static void copy_in_strides(const std::uint8_t* from, std::uint8_t* to, std::size_t size) {
    for (std::size_t i = 0; i < size; i += stride)
      std::memcpy(to + i, from + i, stride);
  }

  [[nodiscard]] std::uint8_t* target() { return out_.data() + written_; }

  /// Returns the largest multiple of the offset within the run: the same bytes stand there.
  [[nodiscard]] std::uint64_t distance_in_run() const {
    auto size = written_ - run_begin_;
    return size - size % run_offset_;
  }

  mutable_byte_view out_;
  std::size_t written_ = 0;
  std::uint64_t run_offset_ = 0;
  std::size_t run_begin_ = 0;
  std::size_t run_end_ = 0;
};

} // namespace devp2p::rlpx
