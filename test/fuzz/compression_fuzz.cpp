// SPDX-License-Identifier: BSL-1.0

// Goal: for any block, the decoder reads and writes nothing outside it and the room for its
// payload, and the payload is what libsnappy finds in it. A compressed payload comes back.
//
// Method: uncompresses the input with both libraries, then compresses it.

#include "target.hpp"

#include "devp2p/net/rlpx/compression.hpp"

#include <snappy.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>

namespace devp2p::fuzz::compression_target {

using namespace rlpx;

namespace {

constexpr std::size_t largest_payload = 1 << 20;

/// Whether there may be a literal of 2^32 bytes, which libsnappy takes for an empty one.
bool has_endless_literal(byte_view block) {
  constexpr std::uint8_t literal[] = {0xfc, 0xff, 0xff, 0xff, 0xff};
  return std::search(block.begin(), block.end(), std::begin(literal), std::end(literal)) !=
         block.end();
}

/// Returns what comes of slices whose sizes are the block's own bytes; `nullopt` if the block is
/// malformed.
std::optional<bytes> uncompress_in_slices(byte_view block, std::size_t size) {
  using progress = uncompressor::progress;
  bytes out(size);
  uncompressor subject{block, out};
  for (std::size_t i = 0;; ++i) {
    auto last = subject.run(block[i % block.size()] + 1u);
    if (last != progress::more)
      return last == progress::done ? std::optional{out} : std::nullopt;
  }
}

void uncompress_by_both(byte_view block) {
  auto* chars = reinterpret_cast<const char*>(block.data());
  auto size = uncompressed_size(block);
  if (!size) {
    require(!snappy::IsValidCompressedBuffer(chars, block.size()));
    return;
  }
  if (*size > largest_payload)
    return;
  bytes ours(*size);
  auto why = uncompress(block, ours);
  require(uncompress_in_slices(block, *size) == (why ? std::nullopt : std::optional{ours}));
  std::string judged;
  auto good = snappy::Uncompress(chars, block.size(), &judged);
  if (why)
    require(!good || has_endless_literal(block));
  else
    require(good && std::equal(ours.begin(), ours.end(), as_bytes(judged).begin()));
}

void compress_and_undo(byte_view payload) {
  bytes block;
  compress(payload, block);
  require(block.size() <= max_compressed_size(payload.size()));
  require(uncompressed_size(block) == payload.size());
  bytes out(payload.size());
  require(!uncompress(block, out));
  require(std::equal(out.begin(), out.end(), payload.begin()));
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  byte_view in{data, size};
  uncompress_by_both(in);
  compress_and_undo(in);
  return 0;
}

static const target registered{"compression", run};

} // namespace devp2p::fuzz::compression_target
