// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/simulator/gossip_messages.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// The maximum number of latest rumours that a node names to a new session as known.
inline constexpr std::size_t max_recent_rumours = 1024;

/// The numbers of the rumours that a node has heard. Takes little memory where numbers follow each
/// other, as those of a scenario do.
///
/// Thread-safe: every session that hears a rumour asks here whether it is new. So a rumour that all
/// of a node's peers tell is passed on within the node only once.
class known_rumours {
public:
  /// Adds a rumour. Returns false if it was known, or after `close`.
  bool add(std::uint64_t number) {
    std::lock_guard guard{mutex_};
    if (closed_)
      return false;
    auto bit = blocks_[number / block_size][number % block_size];
    if (bit)
      return false;
    bit = true;
    return true;
  }

  void forget(std::uint64_t number) {
    std::lock_guard guard{mutex_};
    auto found = blocks_.find(number / block_size);
    if (found == blocks_.end())
      return;
    found->second.reset(number % block_size);
    if (found->second.none())
      blocks_.erase(found);
  }

  /// Ends the gossip of the node: from now on no rumour counts as new.
  void close() {
    std::lock_guard guard{mutex_};
    closed_ = true;
    blocks_.clear();
  }

private:
  static constexpr std::size_t block_size = 256;

  std::mutex mutex_;
  bool closed_ = false;
  std::unordered_map<std::uint64_t, std::bitset<block_size>> blocks_;
};

/// The rumours that a node can tell. The latest contents are kept as copies, because a kept payload
/// would keep its session's read window full. All copies share one buffer, since there are many
/// small ones.
class rumour_memory {
public:
  /// The maximum number of rumours that a node remembers. A node that hears more forgets the
  /// oldest, and may tell them again.
  static constexpr std::size_t max_known = 65536;
  /// The maximum size of the contents that can still be told, in bytes; the oldest are dropped
  /// first. It is half of a session's default write queue (`settings::max_write_queue`), so that
  /// they and new rumours can wait there together.
  static constexpr std::size_t max_kept = std::size_t{8} << 20;

  /// Rumours that are too old are forgotten in `known`, too.
  explicit rumour_memory(std::shared_ptr<known_rumours> known) : known_(std::move(known)) {}

  [[nodiscard]] bool empty() const { return order_.empty(); }

  /// Adds a new rumour.
  void add(const rumour& news);

  /// Returns the numbers of the latest rumours, the oldest first.
  [[nodiscard]] std::vector<std::uint64_t> known() const;

  /// Returns the rumours whose contents are kept, without those in `known`, the oldest first.
  [[nodiscard]] std::vector<rumour> all_but(std::vector<std::uint64_t> known) const;

private:
  struct entry {
    std::uint64_t number;
    /// The size of the rumour's content, in bytes.
    std::size_t size;
  };

  void forget_oldest();
  void drop_content();

  std::shared_ptr<known_rumours> known_;
  /// The rumours, the oldest first.
  std::vector<entry> order_;
  /// The index in `order_` of the first rumour whose content is kept.
  std::size_t first_kept_ = 0;
  /// The kept contents, one behind another, from `first_byte_` on.
  bytes contents_;
  std::size_t first_byte_ = 0;
};

} // namespace devp2p::simulator
