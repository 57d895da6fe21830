// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/protocol.hpp"
#include "eth/transaction.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace devp2p::eth {

/// Transactions that are in no block yet, which all sessions of a node share: copies are the same
/// pool. It executes none, and so cannot tell good ones from bad ones: those of a session's remote
/// have an eighth of the pool at most, stay as long as the session does, and are announced to no
/// other. An eighth is for our own alone.
///
/// Thread-safe.
class transaction_pool {
public:
  static constexpr std::size_t max_transactions = 4'096;
  static constexpr std::size_t max_bytes = std::size_t{32} << 20;
  /// The part of both that one remote may have is one of so many.
  static constexpr std::size_t shares = 8;
  static constexpr std::size_t max_transaction_size = std::size_t{128} << 10;
  /// The number of hashes that one request may have.
  static constexpr std::size_t max_hashes = 256;
  /// The bound of an answer, which the last transaction passes, and of a transaction with blobs.
  static constexpr std::size_t enough_bytes = std::size_t{2} << 20;

  /// A session of a remote. A remote has another one when it comes again, perhaps before the first
  /// has been forgotten.
  using session_number = std::uint64_t;

  transaction_pool() : all_(std::make_shared<state>()) {}

  /// Returns the number of a new session.
  [[nodiscard]] session_number begin_session() const;

  /// Keeps a copy of one of our own. Returns false if it is one of our own already, too large, of
  /// blobs that do not come with it, or has no room.
  bool add(const transaction& what) const { return insert(what, std::nullopt); }
  /// Keeps a copy of one that a remote has sent, if it is not here yet.
  bool add(const transaction& what, session_number from) const { return insert(what, from); }

  /// Throws those away that the remote of this session has sent, and ends its claims.
  void forget(session_number session) const;

  /// Returns the number of transactions that the remote of this session may still send.
  [[nodiscard]] std::size_t room_for(session_number session) const;

  /// Has the session be the one that asks its remote for that transaction, if no other does so now.
  /// Returns whether it is.
  [[nodiscard]] bool claim(const hash& what, session_number session) const;
  /// Ends such claims of the session.
  void release(const std::vector<hash>& which, session_number session) const;

  [[nodiscard]] bool has(const hash& what) const;
  [[nodiscard]] std::size_t size() const;
  /// Returns those of the transactions that are here, in that order, and no more than one request
  /// may ask for.
  [[nodiscard]] std::vector<rlp::raw> find(const std::vector<hash>& which) const;
  /// Returns all of our own, as others are told of them.
  [[nodiscard]] new_pooled_transaction_hashes_68 announcement() const;

private:
  /// The session that a transaction has come from; none if it is one of our own.
  using source = std::optional<session_number>;

  struct usage {
    std::size_t transactions = 0;
    std::size_t bytes = 0;

    void add(std::size_t size) { ++transactions, bytes += size; }
    void remove(std::size_t size) { --transactions, bytes -= size; }
    /// Returns whether so many shares of the pool have room for one more, of that size.
    [[nodiscard]] bool has_room(std::size_t size, std::size_t of_shares) const;
  };

  struct entry {
    transaction what;
    source from;
  };

  struct state {
    std::mutex mutex;
    std::map<hash, entry> transactions;
    usage all;
    /// The part of each session whose remote has sent any.
    std::map<session_number, usage> sessions;
    /// The transactions that remotes are asked for, and by whom.
    std::map<hash, session_number> claims;
    session_number last_session = 0;

    // Precondition of all: the lock is held.
    [[nodiscard]] usage used_by(session_number session) const;
    [[nodiscard]] bool has_room(std::size_t size, const source& from) const;
    bool insert(const hash& hash, transaction what, const source& from);
    bool make_ours(entry& known);
  };

  bool insert(const transaction& what, const source& from) const;
  [[nodiscard]] bool may_insert(const transaction& what, const source& from) const;

  std::shared_ptr<state> all_;
};

/// Returns what others are told of that transaction.
[[nodiscard]] new_pooled_transaction_hashes_68 announcement_of(const transaction& what);

} // namespace devp2p::eth
