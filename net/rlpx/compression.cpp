// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/compression.hpp"

#include <snappy-sinksource.h>
#include <snappy.h>

#include <algorithm>
#include <cassert>
#include <utility>

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

/// The number of bytes that snappy compresses without a look at those before them.
constexpr std::size_t unit = std::size_t{64} << 10;

/// Returns the size in front of a block: see `take_size`.
bytes encode_size(std::size_t size) {
  bytes out;
  for (; size >= 0x80; size >>= 7)
    out.push_back(static_cast<std::uint8_t>(size | 0x80));
  out.push_back(static_cast<std::uint8_t>(size));
  return out;
}

/// Hands on all of a block but the size in front of it.
class elements_sink final : public snappy::Sink {
public:
  elements_sink(std::size_t size, const compressor::receiver& out)
    : to_skip_(encode_size(size).size()),
      out_(out) {}

  void Append(const char* data, std::size_t size) override {
    auto skipped = std::min(to_skip_, size);
    to_skip_ -= skipped;
    if (size > skipped)
      out_(as_bytes({data + skipped, size - skipped}));
  }

private:
  std::size_t to_skip_;
  const compressor::receiver& out_;
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

bool compressor::run(std::size_t max_bytes, const receiver& out) {
  if (!std::exchange(begun_, true))
    out(encode_size(size_));
  if (left_.empty())
    return false;
  auto part =
    left_.first(std::min(std::max(max_bytes / unit, std::size_t{1}) * unit, left_.size()));
  left_ = left_.subspan(part.size());
  snappy::ByteArraySource source{as_chars(part), part.size()};
  elements_sink sink{part.size(), out};
  snappy::Compress(&source, &sink);
  return !left_.empty();
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

uncompressor::uncompressor(byte_view block, mutable_byte_view out) : block_(block), to_(out) {
  malformed_ = take_size(block_) != out.size();
}

uncompressor uncompressor::copying(byte_view payload, mutable_byte_view out) {
  assert(payload.size() == out.size());
  return {payload, element_writer{out}, payload.size()};
}

uncompressor::progress uncompressor::run(std::size_t max_bytes) {
  if (malformed_)
    return progress::malformed;
  // Local, so that the compiler keeps them in registers.
  auto block = block_;
  auto to = to_;
  const auto until = to.written() + std::min(max_bytes, to.room());
  // Elements may have little to write for what there is to read.
  auto elements = max_bytes / bytes_for_element + 1;
  for (;;) {
    if (literal_left_ > 0) {
      auto part = std::min(literal_left_, until - to.written());
      to.append(part, block);
      literal_left_ -= part;
    }
    if (to.room() > 0 && (to.written() >= until || elements-- == 0))
      break;
    if (block.empty())
      return to.full() ? progress::done : fail();
    auto next = take_element(block);
    if (!next || next->size > to.room())
      return fail();
    if (next->offset > 0 ? !to.repeat(next->offset, next->size) : next->size > block.size())
      return fail();
    if (next->offset == 0)
      literal_left_ = next->size;
  }
  block_ = block;
  to_ = to;
  return progress::more;
}

uncompressor::progress uncompressor::fail() {
  malformed_ = true;
  return progress::malformed;
}

} // namespace devp2p::rlpx
