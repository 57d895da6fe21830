// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/errc.hpp"

#include <cstddef>
#include <optional>

/// How payloads are compressed (EIP-706): the block format of snappy, see its
/// "Snappy compressed format description".
namespace devp2p::rlpx {

/// The most octets that the usual compressors make of `size` octets.
[[nodiscard]] std::size_t max_compressed_size(std::size_t size);

/// Appends to `out` the block for `payload`, which has less than 4 GiB.
void compress(byte_view payload, bytes& out);

/// What `block` says that it becomes. Nothing if it says nothing, or more than a block of its size
/// can become: believe it, and there may be much memory for nothing.
[[nodiscard]] std::optional<std::size_t> uncompressed_size(byte_view block);

/// Writes to `out`, of exactly the `uncompressed_size`, what `block` becomes.
/// `errc::snappy_malformed` if that is less or more, or nothing at all; `out` is then of no use.
/// Never allocates.
[[nodiscard]] std::optional<errc> uncompress(byte_view block, mutable_byte_view out);

} // namespace devp2p::rlpx
