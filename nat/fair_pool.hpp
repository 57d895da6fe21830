// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/address_limit.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace devp2p::nat {

/// The remotes that share places are counted by source: the network of their address.
using source = address_key;

/// Places that strangers share, and the source that holds each. Says which member a full pool
/// should give up, so that no source keeps others out. A value: it neither ends anybody nor knows a
/// clock.
///
/// `Key` identifies a member, and can be hashed. At most as many members as its owner adds.
template <class Key>
class fair_pool {
public:
  fair_pool() = default;
  fair_pool(fair_pool&&) = default;
  fair_pool& operator=(fair_pool&&) = default;

  /// Precondition: `who` is no member. What it throws, for want of memory, has changed nothing.
  void add(const Key& who, const source& from) {
    auto added = places_.try_emplace(who).first;
    try {
      append(*by_source_.try_emplace(from).first, *added);
    } catch (...) {
      places_.erase(added);
      throw;
    }
  }

  /// Whether `who` was a member.
  bool remove(const Key& who) {
    auto found = places_.find(who);
    if (found == places_.end())
      return false;
    const auto& [from, older, younger, age] = found->second;
    (older ? older->second.younger : from->second.oldest) = younger;
    (younger ? younger->second.older : from->second.youngest) = older;
    if (--from->second.size == 0)
      by_source_.erase(by_source_.find(from->first));
    places_.erase(found);
    return true;
  }

  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] bool empty() const { return places_.empty(); }
  [[nodiscard]] bool contains(const Key& who) const { return places_.contains(who); }

  [[nodiscard]] std::size_t count(const source& from) const {
    auto found = by_source_.find(from);
    return found == by_source_.end() ? 0 : found->second.size;
  }

  /// The oldest, and the youngest, member of the source that holds most places, if that holds at
  /// least `places`. Of sources that hold equally many, the one whose oldest member is the oldest.
  [[nodiscard]] std::optional<Key> oldest_of_fullest(std::size_t places = 1) const {
    auto found = fullest(places);
    return found == by_source_.end() ? std::nullopt : std::optional{found->second.oldest->first};
  }
  [[nodiscard]] std::optional<Key> youngest_of_fullest(std::size_t places = 1) const {
    auto found = fullest(places);
    return found == by_source_.end() ? std::nullopt : std::optional{found->second.youngest->first};
  }

  [[nodiscard]] std::optional<Key> oldest_of(const source& from) const {
    auto found = by_source_.find(from);
    return found == by_source_.end() ? std::nullopt : std::optional{found->second.oldest->first};
  }

  /// The member whose source holds the fewest places of `other`; among equals the oldest.
  template <class Other>
  [[nodiscard]] std::optional<Key> poorest_in(const fair_pool<Other>& other) const {
    auto rank = [&](const auto& x) {
      return std::pair{other.count(x.first), x.second.oldest->second.age};
    };
    auto found = std::min_element(by_source_.begin(), by_source_.end(),
                                  [&](const auto& x, const auto& y) { return rank(x) < rank(y); });
    return found == by_source_.end() ? std::nullopt : std::optional{found->second.oldest->first};
  }

private:
  struct place;
  using member = std::pair<const Key, place>;
  /// The members of one source, by age.
  struct line {
    member* oldest = nullptr;
    member* youngest = nullptr;
    std::size_t size = 0;
  };
  using sources = std::map<source, line>;
  struct place {
    typename sources::value_type* from = nullptr;
    /// Its neighbours in the line.
    member* older = nullptr;
    member* younger = nullptr;
    /// Counts up: the smaller one is older.
    std::uint64_t age = 0;
  };

  void append(typename sources::value_type& from, member& added) {
    auto& [oldest, youngest, size] = from.second;
    added.second = {&from, youngest, nullptr, next_++};
    (youngest ? youngest->second.younger : oldest) = &added;
    youngest = &added;
    ++size;
  }

  /// Linear in the number of sources, which is at most the number of places.
  typename sources::const_iterator fullest(std::size_t places) const {
    auto less = [](const auto& x, const auto& y) {
      return std::pair{x.second.size, y.second.oldest->second.age} <
             std::pair{y.second.size, x.second.oldest->second.age};
    };
    auto found = std::max_element(by_source_.begin(), by_source_.end(), less);
    return found == by_source_.end() || found->second.size < places ? by_source_.end() : found;
  }

  std::uint64_t next_ = 0;
  sources by_source_;
  /// Keeps each member where it is.
  std::unordered_map<Key, place> places_;
};

} // namespace devp2p::nat
