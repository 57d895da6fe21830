// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/protocol.hpp"

#include "devp2p/messages/expected.hpp"
#include "devp2p/net/rlp/bounded.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::eth {

/// The header of a block. Each fork has appended fields; which of them a block must have is for
/// whoever validates blocks.
struct header {
  hash parent{};
  hash ommers{};
  byte_array<20> coinbase{};
  hash state{};
  hash transactions{};
  hash receipts{};
  byte_array<256> bloom{};
  uint256 difficulty = {};
  std::uint64_t number = 0;
  std::uint64_t gas_limit = 0;
  std::uint64_t gas_used = 0;
  /// In seconds since 1970.
  std::uint64_t time = 0;
  /// Proof of authority has its voters there. No other field can be large.
  rlp::bounded<bytes, (std::size_t{100} << 10)> extra = {};
  hash mix{};
  byte_array<8> nonce{};
  // London.
  std::optional<uint256> base_fee = {};
  // Shanghai.
  std::optional<hash> withdrawals = {};
  // Cancun.
  std::optional<std::uint64_t> blob_gas_used = {};
  std::optional<std::uint64_t> excess_blob_gas = {};
  std::optional<hash> parent_beacon_root = {};
  // Prague.
  std::optional<hash> requests = {};
  // Amsterdam.
  std::optional<hash> access_lists = {};
  std::optional<std::uint64_t> slot = {};

  friend auto inspect(auto& f, header& x) {
    return inspect_fields(
      f,
      {"parent",
       "ommers",
       "coinbase",
       "state",
       "transactions",
       "receipts",
       "bloom",
       "difficulty",
       "number",
       "gas_limit",
       "gas_used",
       "time",
       "extra",
       "mix",
       "nonce",
       "base_fee",
       "withdrawals",
       "blob_gas_used",
       "excess_blob_gas",
       "parent_beacon_root",
       "requests",
       "access_lists",
       "slot"},
      x.parent, x.ommers, x.coinbase, x.state, x.transactions, x.receipts, x.bloom, x.difficulty,
      x.number, x.gas_limit, x.gas_used, x.time, x.extra, x.mix, x.nonce, x.base_fee, x.withdrawals,
      x.blob_gas_used, x.excess_blob_gas, x.parent_beacon_root, x.requests, x.access_lists, x.slot);
  }
};

/// A header with its hash, which is that of its encoding.
struct sealed_header {
  eth::hash hash{};
  header fields = {};
  rlp::raw encoding = {};
};

/// Returns the header, or why it makes no sense.
[[nodiscard]] expected<sealed_header, std::string> read_header(const rlp::raw& encoding);

/// Returns the header with its encoding and hash.
[[nodiscard]] sealed_header seal(const header& fields);

} // namespace devp2p::eth
