// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/protocol.hpp"

#include "devp2p/messages/bytes.hpp"

#include <span>

namespace devp2p::eth {

/// Returns the root of the Merkle Patricia trie that has each value at the RLP of its index
/// (Ethereum Yellow Paper, appendix D): what a header says of transactions, receipts and
/// withdrawals.
[[nodiscard]] hash trie_root(std::span<const byte_view> values);

} // namespace devp2p::eth
