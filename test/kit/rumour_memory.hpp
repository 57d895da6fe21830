// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/packet.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace devp2p::kit {

/// Of how many rumours, the latest, a node tells a new session that it knows them.
inline constexpr std::size_t max_recent_rumours = 1024;

/// Codes of `gossip/2`.
inline constexpr std::uint64_t rumour_code = 0;
inline constexpr std::uint64_t known_code = 1;

/// A message that tells one, and the number in it.
struct rumour {
  std::uint64_t number = 0;
  packet message;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, rumour& x) {
    return f(x.number, x.message);
  }
};

/// The numbers of the rumours that a node has heard. Small where numbers follow each other, as
/// those of a scenario do.
///
/// Thread-safe: whoever hears one asks here whether it is news, so that what all of its peers tell
/// a node is told within the node once.
class known_rumours {
public:
  /// False if it is known.
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

  /// Nobody tells it any more: from now on, nothing is news.
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

/// What a node can tell. The latest messages are kept, copied, since a payload that was read, if
/// kept, would keep its session's window full; and to one place, since there are many small ones.
class rumour_memory {
public:
  /// How many rumours a node remembers; who hears more forgets the oldest, and may tell it again.
  static constexpr std::size_t max_known = 65536;
  /// Octets of those that it can still tell; the oldest go first. Half of what a session has room
  /// for (`settings::max_write_queue`), so that they and what is new meanwhile may wait there
  /// together.
  static constexpr std::size_t max_kept = std::size_t{8} << 20;

  /// What is too old is forgotten there, too.
  explicit rumour_memory(std::shared_ptr<known_rumours> known) : known_(std::move(known)) {}

  [[nodiscard]] bool empty() const { return order_.empty(); }

  /// One that is news.
  void add(const rumour& news);

  /// A message that says which are the latest.
  [[nodiscard]] packet known() const;

  /// The messages that are kept, but for `known`: the oldest first.
  [[nodiscard]] std::vector<packet> all_but(std::vector<std::uint64_t> known) const;

private:
  struct entry {
    std::uint64_t number;
    /// Of its message.
    std::size_t size;
  };

  void forget_oldest();
  void drop_message();

  std::shared_ptr<known_rumours> known_;
  /// The oldest first.
  std::vector<entry> order_;
  /// From there on, messages are kept: one behind another, beginning at `first_octet_`.
  std::size_t first_kept_ = 0;
  bytes messages_;
  std::size_t first_octet_ = 0;
};

} // namespace devp2p::kit
