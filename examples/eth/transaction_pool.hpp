// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/protocol.hpp"
#include "eth/transaction.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace devp2p::eth {

/// Transactions that are in no block yet, which all sessions of a node share: copies are the same
/// pool. It executes none, and so cannot tell good ones from bad ones: it keeps whatever comes
/// until it is full.
///
/// Thread-safe.
class transaction_pool {
public:
  static constexpr std::size_t max_transactions = 4'096;
  static constexpr std::size_t max_bytes = std::size_t{32} << 20;
  static constexpr std::size_t max_transaction_size = std::size_t{128} << 10;
  /// The number of hashes that one request may have.
  static constexpr std::size_t max_hashes = 256;
  /// The bound of an answer, which the last transaction passes.
  static constexpr std::size_t enough_bytes = std::size_t{2} << 20;

  transaction_pool() : all_(std::make_shared<state>()) {}

  /// Keeps a copy. Returns false if it is here already, too large, or has no room.
  bool add(const transaction& what) const;

  [[nodiscard]] bool has(const hash& what) const;
  [[nodiscard]] std::size_t size() const;
  /// Whether no transaction will be added any more.
  [[nodiscard]] bool is_full() const;
  /// Returns those of the transactions that are here, in that order, and no more than one request
  /// may ask for.
  [[nodiscard]] std::vector<rlp::raw> find(const std::vector<hash>& which) const;
  /// Returns all of them, as others are told of them.
  [[nodiscard]] new_pooled_transaction_hashes_68 announcement() const;

private:
  struct state {
    std::mutex mutex;
    std::map<hash, transaction> transactions;
    std::size_t size = 0;
  };

  std::shared_ptr<state> all_;
};

/// Returns what others are told of that transaction.
[[nodiscard]] new_pooled_transaction_hashes_68 announcement_of(const transaction& what);

} // namespace devp2p::eth
