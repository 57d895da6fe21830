// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/address_limit.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>

namespace devp2p {

/// The remotes that share places are counted by source: the network of their address.
using source = nat::address_key;

/// Places that strangers share, and the source that holds each. Says which member a full pool
/// should give up, so that no source keeps others out. A value: it neither ends anybody nor knows a
/// clock.
///
/// `Key` identifies a member; it can be ordered. At most as many members as its owner adds.
template <class Key>
class fair_pool {
public:
  /// Precondition: `who` is no member. What it throws, for want of memory, has changed nothing.
  void add(const Key& who, const source& from) {
    members one{{who, next_++}};
    auto added = places_.emplace(who, place{from, one.begin()}).first;
    try {
      auto& all = by_source_[from];
      all.splice(all.end(), one);
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
    auto members = by_source_.find(found->second.from);
    members->second.erase(found->second.where);
    if (members->second.empty())
      by_source_.erase(members);
    places_.erase(found);
    return true;
  }

  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] bool empty() const { return places_.empty(); }
  [[nodiscard]] bool contains(const Key& who) const { return places_.contains(who); }

  [[nodiscard]] std::size_t count(const source& from) const {
    auto found = by_source_.find(from);
    return found == by_source_.end() ? 0 : found->second.size();
  }

  /// The oldest, and the youngest, member of the source that holds most places, if that holds at
  /// least `places`. Of sources that hold equally many, the one whose oldest member is the oldest.
  [[nodiscard]] std::optional<Key> oldest_of_fullest(std::size_t places = 1) const {
    auto found = fullest(places);
    return found == by_source_.end() ? std::nullopt : std::optional{found->second.front().who};
  }
  [[nodiscard]] std::optional<Key> youngest_of_fullest(std::size_t places = 1) const {
    auto found = fullest(places);
    return found == by_source_.end() ? std::nullopt : std::optional{found->second.back().who};
  }

  /// The member whose source holds the fewest places of `other`; among equals the oldest.
  template <class Other>
  [[nodiscard]] std::optional<Key> poorest_in(const fair_pool<Other>& other) const {
    auto rank = [&](const auto& x) {
      return std::pair{other.count(x.first), x.second.front().age};
    };
    auto found = std::min_element(by_source_.begin(), by_source_.end(),
                                  [&](const auto& x, const auto& y) { return rank(x) < rank(y); });
    return found == by_source_.end() ? std::nullopt : std::optional{found->second.front().who};
  }

private:
  struct member {
    Key who;
    /// Counts up: the smaller one is older.
    std::uint64_t age;
  };
  using members = std::list<member>;
  using sources = std::map<source, members>;
  struct place {
    source from;
    typename members::iterator where;
  };

  /// Linear in the number of sources, which is at most the number of places.
  typename sources::const_iterator fullest(std::size_t places) const {
    auto less = [](const auto& x, const auto& y) {
      return std::pair{x.second.size(), y.second.front().age} <
             std::pair{y.second.size(), x.second.front().age};
    };
    auto found = std::max_element(by_source_.begin(), by_source_.end(), less);
    return found == by_source_.end() || found->second.size() < places ? by_source_.end() : found;
  }

  std::uint64_t next_ = 0;
  sources by_source_;
  std::map<Key, place> places_;
};

} // namespace devp2p
