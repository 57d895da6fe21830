// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/errc.hpp"

#include <cstddef>
#include <optional>

/// Compression of payloads (EIP-706): the block format of snappy, see its "Snappy compressed format
/// description".
namespace devp2p::rlpx {

/// Returns the largest number of bytes that the usual compressors make of `size` bytes.
[[nodiscard]] std::size_t max_compressed_size(std::size_t size);

/// Appends to `out` the block for `payload`, which has less than 4 GiB.
void compress(byte_view payload, bytes& out);

/// Returns the uncompressed size that `block` announces. Returns `nullopt` if it announces none, or
/// more than a block of its size can hold: a caller that believed it could allocate much memory in
/// vain.
[[nodiscard]] std::optional<std::size_t> uncompressed_size(byte_view block);

/// Uncompresses `block` into `out`, which has exactly the `uncompressed_size`. Fails with
/// `errc::snappy_malformed` if `block` yields less or more, or cannot be read; `out` is then of no
/// use. Never allocates.
[[nodiscard]] std::optional<errc> uncompress(byte_view block, mutable_byte_view out);

} // namespace devp2p::rlpx
