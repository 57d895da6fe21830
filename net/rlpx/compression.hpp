// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/net/rlpx/element_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

/// Compression of payloads (EIP-706): the block format of snappy, see its "Snappy compressed format
/// description".
namespace devp2p::rlpx {

/// Returns the largest number of bytes that the usual compressors make of `size` bytes.
[[nodiscard]] std::size_t max_compressed_size(std::size_t size);

/// Appends to `out` the block for `payload`, which has less than 4 GiB.
void compress(byte_view payload, bytes& out);

/// Does the work of `compress` in slices, with the same result, so that a large payload does not
/// keep a thread from all else.
class compressor {
public:
  /// Receives parts of the block, in order.
  using receiver = std::function<void(byte_view)>;

  /// `payload`, which has less than 4 GiB, must stay until the end.
  explicit compressor(byte_view payload) : left_(payload), size_(payload.size()) {}

  /// Compresses about `max_bytes` of the payload: whole units of 64 KiB, and at least one. Returns
  /// whether any are left.
  [[nodiscard]] bool run(std::size_t max_bytes, const receiver& out);

private:
  byte_view left_;
  std::size_t size_;
  bool begun_ = false;
};

/// Returns the uncompressed size that `block` announces. Returns `nullopt` if it announces none, or
/// more than a block of its size can hold: a caller that believed it could allocate much memory in
/// vain.
[[nodiscard]] std::optional<std::size_t> uncompressed_size(byte_view block);

/// Uncompresses `block` into `out`, which has exactly the `uncompressed_size`. Fails with
/// `errc::snappy_malformed` if `block` yields less or more, or cannot be read; `out` is then of no
/// use. Never allocates.
[[nodiscard]] std::optional<errc> uncompress(byte_view block, mutable_byte_view out);

/// Does the work of `uncompress` in slices, so that a large payload does not keep a thread from all
/// else. Never allocates.
class uncompressor {
public:
  /// Both `block` and `out`, which has exactly the `uncompressed_size`, must stay until the end.
  uncompressor(byte_view block, mutable_byte_view out);
  /// Copies `payload`, which is not compressed, to `out`, which is as large.
  [[nodiscard]] static uncompressor copying(byte_view payload, mutable_byte_view out);

  enum class progress : std::uint8_t { more, done, malformed };

  /// Writes at most `max_bytes` more bytes plus 63, and takes a time that `max_bytes`, at least 1,
  /// bounds whatever is in the block. Not to be called again once it is `done`. If the block is
  /// `malformed`, `out` is of no use.
  [[nodiscard]] progress run(std::size_t max_bytes);

private:
  /// To take an element costs as much time as to copy this number of bytes, or less.
  static constexpr std::size_t bytes_for_element = 8;

  uncompressor(byte_view block, const element_writer& to, std::size_t literal_left)
    : block_(block),
      to_(to),
      literal_left_(literal_left) {}

  progress fail();

  byte_view block_;
  element_writer to_;
  /// The number of bytes of a literal that are still to be copied.
  std::size_t literal_left_ = 0;
  bool malformed_ = false;
};

} // namespace devp2p::rlpx
