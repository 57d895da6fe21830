// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/protocol.hpp"

#include "devp2p/messages/expected.hpp"
#include "devp2p/net/rlp/bounded.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace devp2p::eth {

/// An entry that a contract has written while a transaction ran.
struct log {
  byte_array<20> address{};
  /// No instruction writes more (Ethereum Yellow Paper, LOG4).
  rlp::bounded<std::vector<hash>, 4> topics = {};
  bytes data = {};

  friend auto inspect(auto& f, log& x) {
    return inspect_fields(f, {"address", "topics", "data"}, x.address, x.topics, x.data);
  }
};

/// The outcome of a transaction, as eth/69 writes it. Earlier versions, and the trie of a block,
/// also have the bloom of its logs.
struct receipt {
  /// The type of the transaction; 0 if it has none.
  std::uint8_t type = 0;
  /// 1 for success, nothing for failure; before the fork Byzantium the root of the state.
  rlp::bounded<bytes, sizeof(hash)> outcome = {};
  /// The gas of all transactions of the block so far.
  std::uint64_t gas_used = 0;
  std::vector<log> logs = {};

  friend auto inspect(auto& f, receipt& x) {
    return inspect_fields(f, {"type", "outcome", "gas_used", "logs"}, x.type, x.outcome, x.gas_used,
                          x.logs);
  }
};

/// Returns a receipt of a message of that version, or why it makes no sense. It is not looked into
/// if it has more than `max_logs`.
[[nodiscard]] expected<receipt, std::string>
read_receipt(const rlp::raw& encoding, std::uint64_t version,
             std::uint32_t max_logs = std::numeric_limits<std::uint32_t>::max());

/// Returns the receipt as messages of that version have it.
[[nodiscard]] rlp::raw write_receipt(const receipt& what, std::uint64_t version);

/// Returns the set of the logs' addresses and topics, in which whatever is absent most probably
/// cannot be found (Ethereum Yellow Paper, 4.3.1).
[[nodiscard]] byte_array<256> bloom_of(const std::vector<log>& logs);

/// Returns the root of the trie of a block's receipts.
[[nodiscard]] hash receipts_root(const std::vector<receipt>& all);

} // namespace devp2p::eth
