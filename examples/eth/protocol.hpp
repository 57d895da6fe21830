// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/raw_list.hpp"

#include "devp2p/actors/typed/typed_protocol.hpp"
#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/uint256.hpp"
#include "devp2p/net/rlp/bounded.hpp"
#include "devp2p/net/rlp/raw.hpp"
#include "devp2p/net/rlp/shape.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

/// The Ethereum Wire Protocol, eth/66 to eth/69 (devp2p, "caps/eth"), as its messages: types, and
/// nothing else. A number in a name is the first version that has the message in this form.
///
/// Headers, bodies, transactions and receipts stay as they were encoded: their hashes are those of
/// the encoding. `header.hpp`, `body.hpp`, `transaction.hpp` and `receipt.hpp` look into them, once
/// it is known how many there may be: a `raw_list` does not even count its items.
namespace devp2p::eth {

/// Keccak-256 of a header's or transaction's encoding, or the root of a trie.
using hash = byte_array<32>;

// Status: what each end says first, once.

/// Which forks a chain has passed, and which is the next (EIP-2124).
struct fork_id {
  byte_array<4> passed{};
  /// A block's number or its time; 0 if no further fork is known.
  std::uint64_t next = 0;

  friend bool operator==(const fork_id&, const fork_id&) = default;
  friend auto inspect(auto& f, fork_id& x) {
    return inspect_fields(f, {"passed", "next"}, x.passed, x.next);
  }
};

struct status_66 {
  std::uint64_t version = 0;
  std::uint64_t network = 0;
  /// The difficulty of all blocks together, which does not fit into 64 bits.
  uint256 total_difficulty = {};
  hash head{};
  hash genesis{};
  fork_id forks = {};

  friend auto inspect(auto& f, status_66& x) {
    return inspect_fields(f, {"version", "network", "total_difficulty", "head", "genesis", "forks"},
                          x.version, x.network, x.total_difficulty, x.head, x.genesis, x.forks);
  }
};

struct status_69 {
  std::uint64_t version = 0;
  std::uint64_t network = 0;
  hash genesis{};
  fork_id forks = {};
  /// The numbers of the first and the last block that can be asked for.
  std::uint64_t earliest = 0;
  std::uint64_t latest = 0;
  hash latest_hash{};

  friend auto inspect(auto& f, status_69& x) {
    return inspect_fields(
      f, {"version", "network", "genesis", "forks", "earliest", "latest", "latest_hash"}, x.version,
      x.network, x.genesis, x.forks, x.earliest, x.latest, x.latest_hash);
  }
};

struct block_range_update {
  std::uint64_t earliest = 0;
  std::uint64_t latest = 0;
  hash latest_hash{};

  friend auto inspect(auto& f, block_range_update& x) {
    return inspect_fields(f, {"earliest", "latest", "latest_hash"}, x.earliest, x.latest,
                          x.latest_hash);
  }
};

// Headers.

/// The first block of a run, by its hash or its number.
using origin = std::variant<hash, std::uint64_t>;

/// Up to `limit` headers, from `origin` on, with `skip` blocks between two of them.
struct header_query {
  eth::origin origin = std::uint64_t{0};
  std::uint64_t limit = 0;
  std::uint64_t skip = 0;
  /// Whether the numbers fall.
  bool reverse = false;

  friend auto inspect(auto& f, header_query& x) {
    return inspect_fields(f, {"origin", "limit", "skip", "reverse"}, x.origin, x.limit, x.skip,
                          x.reverse);
  }
};

struct get_block_headers {
  std::uint64_t id = 0;
  header_query query = {};

  friend auto inspect(auto& f, get_block_headers& x) {
    return inspect_fields(f, {"id", "query"}, x.id, x.query);
  }
};

struct block_headers {
  std::uint64_t id = 0;
  raw_list headers = {};

  friend auto inspect(auto& f, block_headers& x) {
    return inspect_fields(f, {"id", "headers"}, x.id, x.headers);
  }
};

// Bodies.

struct withdrawal {
  std::uint64_t index = 0;
  std::uint64_t validator = 0;
  byte_array<20> address{};
  /// In Gwei.
  std::uint64_t amount = 0;

  friend auto inspect(auto& f, withdrawal& x) {
    return inspect_fields(f, {"index", "validator", "address", "amount"}, x.index, x.validator,
                          x.address, x.amount);
  }
};

/// The part of a block that is not its header.
struct block_body {
  std::vector<rlp::raw> transactions = {};
  /// Headers.
  std::vector<rlp::raw> ommers = {};
  /// Since the fork Shanghai.
  std::optional<std::vector<withdrawal>> withdrawals = {};

  friend auto inspect(auto& f, block_body& x) {
    return inspect_fields(f, {"transactions", "ommers", "withdrawals"}, x.transactions, x.ommers,
                          x.withdrawals);
  }
};

struct get_block_bodies {
  std::uint64_t id = 0;
  std::vector<hash> hashes = {};

  friend auto inspect(auto& f, get_block_bodies& x) {
    return inspect_fields(f, {"id", "hashes"}, x.id, x.hashes);
  }
};

struct block_bodies {
  std::uint64_t id = 0;
  /// Each is a `block_body`.
  raw_list bodies = {};

  friend auto inspect(auto& f, block_bodies& x) {
    return inspect_fields(f, {"id", "bodies"}, x.id, x.bodies);
  }
};

// Receipts.

struct get_receipts {
  std::uint64_t id = 0;
  std::vector<hash> hashes = {};

  friend auto inspect(auto& f, get_receipts& x) {
    return inspect_fields(f, {"id", "hashes"}, x.id, x.hashes);
  }
};

struct receipts {
  std::uint64_t id = 0;
  /// For each block a list of those of its transactions, in the form of the version.
  raw_list blocks = {};

  friend auto inspect(auto& f, receipts& x) {
    return inspect_fields(f, {"id", "blocks"}, x.id, x.blocks);
  }
};

// Transactions that are in no block yet.

struct transactions {
  raw_list all = {};
};

/// The number of transactions that may be announced at once.
inline constexpr std::size_t max_announced = 4'096;

struct new_pooled_transaction_hashes_66 {
  rlp::bounded<std::vector<hash>, max_announced> hashes = {};
};

/// Equally many types, sizes and hashes.
struct new_pooled_transaction_hashes_68 {
  rlp::bounded<bytes, max_announced> types = {};
  rlp::bounded<std::vector<std::uint64_t>, max_announced> sizes = {};
  rlp::bounded<std::vector<hash>, max_announced> hashes = {};

  friend auto inspect(auto& f, new_pooled_transaction_hashes_68& x) {
    return inspect_fields(f, {"types", "sizes", "hashes"}, x.types, x.sizes, x.hashes);
  }
};

struct get_pooled_transactions {
  std::uint64_t id = 0;
  std::vector<hash> hashes = {};

  friend auto inspect(auto& f, get_pooled_transactions& x) {
    return inspect_fields(f, {"id", "hashes"}, x.id, x.hashes);
  }
};

struct pooled_transactions {
  std::uint64_t id = 0;
  raw_list transactions = {};

  friend auto inspect(auto& f, pooled_transactions& x) {
    return inspect_fields(f, {"id", "transactions"}, x.id, x.transactions);
  }
};

// New blocks, which chains with proof of work or of authority announced here.

struct numbered_hash {
  eth::hash hash{};
  std::uint64_t number = 0;

  friend auto inspect(auto& f, numbered_hash& x) {
    return inspect_fields(f, {"hash", "number"}, x.hash, x.number);
  }
};

struct new_block_hashes {
  /// Each is a `numbered_hash`.
  raw_list blocks = {};
};

struct block {
  rlp::raw header = {};
  std::vector<rlp::raw> transactions = {};
  std::vector<rlp::raw> ommers = {};
  std::optional<std::vector<withdrawal>> withdrawals = {};

  friend auto inspect(auto& f, block& x) {
    return inspect_fields(f, {"header", "transactions", "ommers", "withdrawals"}, x.header,
                          x.transactions, x.ommers, x.withdrawals);
  }
};

struct new_block {
  /// A `block`.
  rlp::raw block = {};
  uint256 total_difficulty = {};

  friend auto inspect(auto& f, new_block& x) {
    return inspect_fields(f, {"block", "total_difficulty"}, x.block, x.total_difficulty);
  }
};

// Nodes of the state's trie, which newer versions leave to another protocol.

struct get_node_data {
  std::uint64_t id = 0;
  std::vector<hash> hashes = {};

  friend auto inspect(auto& f, get_node_data& x) {
    return inspect_fields(f, {"id", "hashes"}, x.id, x.hashes);
  }
};

struct node_data {
  std::uint64_t id = 0;
  std::vector<bytes> nodes = {};

  friend auto inspect(auto& f, node_data& x) {
    return inspect_fields(f, {"id", "nodes"}, x.id, x.nodes);
  }
};

} // namespace devp2p::eth

// Messages that are a list of equal items, and not a list with such a list in it.
namespace devp2p::rlp {

template <>
struct representation<eth::transactions> {
  static auto& of(auto& x) { return x.all; }
};
template <>
struct representation<eth::new_pooled_transaction_hashes_66> {
  static auto& of(auto& x) { return x.hashes; }
};
template <>
struct representation<eth::new_block_hashes> {
  static auto& of(auto& x) { return x.blocks; }
};

} // namespace devp2p::rlp

namespace devp2p::eth {

// A message is a line.
// clang-format off
using wire_protocol = typed_protocol<"eth", versions{66, 69},
  until<68, message<0x00, status_66>>,
  since<69, message<0x00, status_69>>,
  until<68, message<0x01, new_block_hashes>>,
  message<0x02, transactions>,
  request<0x03, get_block_headers, message<0x04, block_headers>>,
  request<0x05, get_block_bodies, message<0x06, block_bodies>>,
  until<68, message<0x07, new_block>>,
  until<67, message<0x08, new_pooled_transaction_hashes_66>>,
  since<68, message<0x08, new_pooled_transaction_hashes_68>>,
  request<0x09, get_pooled_transactions, message<0x0a, pooled_transactions>>,
  until<66, request<0x0d, get_node_data, message<0x0e, node_data>>>,
  request<0x0f, get_receipts, message<0x10, receipts>>,
  since<69, message<0x11, block_range_update>>>;
// clang-format on

static_assert(wire_protocol::messages::length(68) == 17);
static_assert(wire_protocol::messages::length(69) == 18);

} // namespace devp2p::eth
