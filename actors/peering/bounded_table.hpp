// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace devp2p {

/// Rows with keys and ranks, of which the lowest rank goes when there are too many. Each operation
/// takes logarithmic time. One that throws has changed nothing. `Row` can be moved without an
/// exception.
template <class Key, class Row, class Rank>
class bounded_table {
public:
  struct entry {
    Row row;
    Rank rank;
  };

  explicit bounded_table(std::size_t most) : most_(most) {}

  [[nodiscard]] const std::map<Key, entry>& all() const { return entries_; }

  /// Adds a row, or replaces that of its key. Returns the key of the row that had to go, which may
  /// be the new one.
  std::optional<Key> put(const Key& key, Row row, const Rank& rank) {
    auto goes = next_to_go(key, rank);
    if (goes && *goes == key)
      return goes;
    auto [ranked, is_new_rank] = ranks_.emplace(rank, key);
    try {
      auto place = entries_.find(key);
      if (place == entries_.end()) {
        entries_.emplace(key, entry{std::move(row), rank});
      } else {
        if (is_new_rank)
          ranks_.erase({place->second.rank, key});
        place->second = {std::move(row), rank};
      }
    } catch (...) {
      if (is_new_rank)
        ranks_.erase(ranked);
      throw;
    }
    if (goes)
      erase(*goes);
    return goes;
  }

  /// Returns false if there is no such row.
  bool erase(const Key& key) {
    auto i = entries_.find(key);
    if (i == entries_.end())
      return false;
    ranks_.erase({i->second.rank, key});
    entries_.erase(i);
    return true;
  }

private:
  std::optional<Key> next_to_go(const Key& key, const Rank& rank) const {
    if (entries_.size() < most_ || entries_.contains(key))
      return std::nullopt;
    if (ranks_.empty() || std::pair{rank, key} < *ranks_.begin())
      return key;
    return ranks_.begin()->second;
  }

  std::size_t most_;
  std::map<Key, entry> entries_;
  std::set<std::pair<Rank, Key>> ranks_;
};

} // namespace devp2p
