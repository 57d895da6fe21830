// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/compression.hpp"

#include <snappy-sinksource.h>
#include <snappy.h>

#include <algorithm>
#include <cstring>

namespace devp2p::rlpx {

namespace {

/// Lets snappy append to a buffer that need not have room for the worst case, which for a large
/// payload takes longer to clear than a small result takes to copy.
class appending_sink final : public snappy::Sink {
public:
  explicit appending_sink(bytes& out) : out_(out) {}

  void Append(const char* data, std::size_t size) override {
    out_.insert(out_.end(), data, data + size);
  }

private:
  bytes& out_;
};

std::uint64_t little_endian(byte_view in) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < in.size(); ++i)
    out |= std::uint64_t{in[i]} << 8 * i;
  return out;
}

/// Takes the size in front of a block: seven bits for each byte, the lowest first, 32 bits in all.
std::optional<std::size_t> take_size(byte_view& in) {
  constexpr std::size_t max_bytes = 5;
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < std::min(in.size(), max_bytes); ++i) {
    out |= std::uint64_t{in[i] & 0x7fu} << 7 * i;
    if (in[i] >= 0x80)
      continue;
    if (out > 0xffff'ffff)
      return std::nullopt;
    in = in.subspan(i + 1);
    return static_cast<std::size_t>(out);
  }
  return std::nullopt;
}

/// Part of a block: `size` bytes that follow it or, if `offset` is not zero, a copy of `size` bytes
/// that were written `offset` bytes before.
struct element {
  std::uint64_t size;
  std::uint64_t offset;
};

std::optional<element> take_literal(std::uint64_t tag, byte_view& in) {
  constexpr std::size_t max_short_size = 60;
  auto size = (tag >> 2) + 1;
  if (size <= max_short_size)
    return element{size, 0};
  auto width = size - max_short_size;
  if (in.size() < width)
    return std::nullopt;
  size = little_endian(in.first(width)) + 1;
  in = in.subspan(width);
  return element{size, 0};
}

std::optional<element> take_copy(std::uint64_t tag, byte_view& in) {
  constexpr std::size_t widths[] = {0, 1, 2, 4};
  auto kind = tag & 3;
  auto width = widths[kind];
  if (in.size() < width)
    return std::nullopt;
  auto offset = little_endian(in.first(width));
  in = in.subspan(width);
  auto size = (tag >> 2) + 1;
  if (kind == 1) {
    size = (tag >> 2 & 7) + 4;
    offset |= tag >> 5 << 8;
  }
  if (offset == 0)
    return std::nullopt;
  return element{size, offset};
}

std::optional<element> take_element(byte_view& in) {
  std::uint64_t tag = in[0];
  in = in.subspan(1);
  return (tag & 3) == 0 ? take_literal(tag, in) : take_copy(tag, in);
}

constexpr std::size_t stride = 16;

/// Copies `size` bytes in steps, each of which the compiler makes a single move. Both sides must
/// have room for a last whole step, and `to` must not lie less than a step behind `from`.
void copy_in_strides(const std::uint8_t* from, std::uint8_t* to, std::size_t size) {
  for (std::size_t i = 0; i < size; i += stride)
    std::memcpy(to + i, from + i, stride);
}

/// Writes the bytes that the elements stand for.
///
/// A copy has at most 64 bytes, so that a long repetition comes as many copies with one offset.
/// This class remembers where such a run began: a repetition can then be taken from farther back,
/// where source and target do not overlap. A run of zeros takes libsnappy 1.1.9 eight times as
/// long; other data takes both about the same.
class element_writer {
public:
  explicit element_writer(mutable_byte_view out) : out_(out) {}

  [[nodiscard]] bool full() const { return written_ == out_.size(); }

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
    else
      for (std::size_t i = 0; i < size; ++i)
        to[i] = from[i];
    written_ += size;
    run_end_ = written_;
    return true;
  }

private:
  [[nodiscard]] std::size_t room() const { return out_.size() - written_; }
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

const char* as_chars(byte_view in) {
  return reinterpret_cast<const char*>(in.data());
}

} // namespace

std::size_t max_compressed_size(std::size_t size) {
  return snappy::MaxCompressedLength(size);
}

void compress(byte_view payload, bytes& out) {
  snappy::ByteArraySource source{as_chars(payload), payload.size()};
  appending_sink sink{out};
  snappy::Compress(&source, &sink);
}

std::optional<std::size_t> uncompressed_size(byte_view block) {
  auto out = take_size(block);
  // The most that the format gets out of the rest of `block` is a copy of 64 bytes for three.
  if (out && *out > block.size() * 64 / 3)
    return std::nullopt;
  return out;
}

std::optional<errc> uncompress(byte_view block, mutable_byte_view out) {
  if (take_size(block) != out.size())
    return errc::snappy_malformed;
  element_writer to{out};
  while (!block.empty()) {
    auto next = take_element(block);
    if (!next)
      return errc::snappy_malformed;
    auto fits =
      next->offset == 0 ? to.append(next->size, block) : to.repeat(next->offset, next->size);
    if (!fits)
      return errc::snappy_malformed;
  }
  if (!to.full())
    return errc::snappy_malformed;
  return std::nullopt;
}

} // namespace devp2p::rlpx
