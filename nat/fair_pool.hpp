// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/source.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace devp2p::nat {

/// Places that strangers share, and the source that holds each. Says which member a full pool
/// should give up, so that no source keeps others out: the fullest network gives up a place, and of
/// its addresses the fullest. A value: it neither ends anybody nor knows a clock.
///
/// `Key` identifies a member, and can be hashed. At most as many members as its owner adds. Of
/// networks, and of addresses, that hold equally many, the one whose oldest member is older gives
/// up a place first.
template <class Key>
class fair_pool {
public:
  fair_pool() = default;
  fair_pool(fair_pool&&) = default;
  fair_pool& operator=(fair_pool&&) = default;

  /// Precondition: `who` is no member. What it throws, for want of memory, has changed nothing.
  void add(const Key& who, const source& from) {
    auto added = places_.try_emplace(who).first;
    auto of = networks_.end();
    try {
      of = networks_.try_emplace(from.network).first;
      append(*of, *of->second.lines.try_emplace(from.address).first, *added);
    } catch (...) {
      if (of != networks_.end() && of->second.size == 0)
        networks_.erase(of);
      places_.erase(added);
      throw;
    }
  }

  /// Whether `who` was a member.
  bool remove(const Key& who) {
    auto found = places_.find(who);
    if (found == places_.end())
      return false;
    const auto& [at, older, younger, age] = found->second;
    auto& [address, held] = *at;
    auto& [network_key, of] = *held.of;
    (older ? older->second.younger : held.oldest) = younger;
    (younger ? younger->second.older : held.youngest) = older;
    if (--held.size == 0)
      of.lines.erase(of.lines.find(address));
    if (--of.size == 0)
      networks_.erase(networks_.find(network_key));
    places_.erase(found);
    return true;
  }

  /// Whether `who` was a member. Its network and its address have had their turn: others that hold
  /// equally many go before them, those that come later, too.
  bool serve(const Key& who) {
    auto found = places_.find(who);
    if (found == places_.end())
      return false;
    auto& at = found->second.at->second;
    at.turn = at.of->second.turn = next_++;
    return remove(who);
  }

  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] bool empty() const { return places_.empty(); }
  [[nodiscard]] bool contains(const Key& who) const { return places_.contains(who); }

  /// The number of members that address has.
  [[nodiscard]] std::size_t count(const source& from) const {
    return size_of(line_of(find(networks_, from.network), from.address));
  }

  /// The member to give up where there are too many.
  [[nodiscard]] std::optional<Key> oldest_of_fullest() const {
    return oldest(fullest_line(fullest(networks_)));
  }

  /// The member that gives up its place for one more of `than`: one of the fullest network, if that
  /// holds at least `by` more than the network of `than`; otherwise one of the fullest address in
  /// the network of `than`, if that holds at least two more than the address of `than`.
  [[nodiscard]] std::optional<Key> oldest_of_richer(const source& than, std::size_t by) const {
    return oldest(fullest_line(richer(than, by)));
  }
  /// The youngest instead of the oldest: of addresses that hold equally many, the youngest of all.
  [[nodiscard]] std::optional<Key> youngest_of_richer(const source& than, std::size_t by) const {
    const auto* of = richer(than, by);
    return of ? std::optional{youngest_of_fullest(of->lines)} : std::nullopt;
  }

  [[nodiscard]] std::optional<Key> oldest_of(const source& from) const {
    return oldest(line_of(find(networks_, from.network), from.address));
  }

  /// The oldest member of the fullest address of that network.
  [[nodiscard]] std::optional<Key> oldest_of_network(const address_key& network) const {
    return oldest(fullest_line(find(networks_, network)));
  }

  /// The member whose network, and then whose address, holds the fewest places of `other`. Equals
  /// take turns: the one goes first that was served, or else is here, for the longest time.
  template <class Other>
  [[nodiscard]] std::optional<Key> poorest_in(const fair_pool<Other>& other) const {
    const auto* of = poorest(networks_, other.networks_);
    return of ? oldest(poorest_line(*of, other)) : std::nullopt;
  }

  /// The member that gets a place of `other`, which is full, and the one that gives it up there
  /// (see `oldest_of_richer`). Where no network holds too many, the address that is to gain most
  /// comes first, and among equals the one for which the oldest goes.
  template <class Other>
  [[nodiscard]] std::optional<std::pair<Key, Other>> claim_on(const fair_pool<Other>& other,
                                                              std::size_t by) const {
    const auto* of = poorest(networks_, other.networks_);
    if (of == nullptr)
      return std::nullopt;
    if (const auto* richest = other.richer_network(of->first, by))
      return std::pair{*oldest(poorest_line(*of, other)),
                       *other.oldest(other.fullest_line(richest))};
    std::optional<std::pair<Key, Other>> out;
    auto age = std::numeric_limits<std::uint64_t>::max();
    for (const auto& each : networks_) {
      const auto* gives = other.fullest_line(find(other.networks_, each.first));
      if (gives == nullptr)
        continue;
      auto takes = *oldest(poorest_line(each, other));
      auto gain = gives->size - other.count(source_of(takes));
      if (gain < by || (gain == by && gives->age() > age))
        continue;
      by = gain;
      age = gives->age();
      out.emplace(takes, *other.oldest(gives));
    }
    return out;
  }

private:
  template <class>
  friend class fair_pool;

  struct line;
  struct network;
  struct place;
  using member = std::pair<const Key, place>;
  using line_entry = std::pair<const address_key, line>;
  using network_entry = std::pair<const address_key, network>;

  /// The members of one address, by age.
  struct line {
    network_entry* of = nullptr;
    /// As in a network.
    std::uint64_t turn = 0;
    member* oldest = nullptr;
    member* youngest = nullptr;
    std::size_t size = 0;

    [[nodiscard]] std::uint64_t age() const { return oldest->second.age; }
  };

  struct network {
    /// When it was served, or else has come; counts up.
    std::uint64_t turn = 0;
    std::map<address_key, line> lines;
    std::size_t size = 0;

    [[nodiscard]] std::uint64_t age() const {
      auto older = [](const auto& x, const auto& y) { return x.second.age() < y.second.age(); };
      return std::min_element(lines.begin(), lines.end(), older)->second.age();
    }
  };

  struct place {
    line_entry* at = nullptr;
    /// Its neighbours in the line.
    member* older = nullptr;
    member* younger = nullptr;
    /// Counts up: the smaller one is older.
    std::uint64_t age = 0;
  };

  void append(network_entry& of, line_entry& at, member& added) {
    auto& held = at.second;
    held.of = &of;
    if (of.second.size == 0)
      of.second.turn = next_;
    if (held.size == 0)
      held.turn = next_;
    added.second = {&at, held.youngest, nullptr, next_++};
    (held.youngest ? held.youngest->second.younger : held.oldest) = &added;
    held.youngest = &added;
    ++held.size;
    ++of.second.size;
  }

  [[nodiscard]] source source_of(const Key& who) const {
    const auto& at = *places_.find(who)->second.at;
    return {at.second.of->first, at.first};
  }

  template <class Held>
  static const Held* find(const std::map<address_key, Held>& all, const address_key& key) {
    auto found = all.find(key);
    return found == all.end() ? nullptr : &found->second;
  }

  static const line* line_of(const network* of, const address_key& address) {
    return of ? find(of->lines, address) : nullptr;
  }

  template <class Held>
  static std::size_t size_of(const Held* held) {
    return held ? held->size : 0;
  }

  static std::optional<Key> oldest(const line* held) {
    return held ? std::optional{held->oldest->first} : std::nullopt;
  }

  /// The fullest of networks, or of lines. Linear, as all that follows, in the number of addresses,
  /// which is at most that of members.
  template <class Held>
  static const Held* fullest(const std::map<address_key, Held>& all) {
    auto less = [](const auto& x, const auto& y) {
      return x.second.size == y.second.size ? x.second.age() > y.second.age()
                                            : x.second.size < y.second.size;
    };
    auto found = std::max_element(all.begin(), all.end(), less);
    return found == all.end() ? nullptr : &found->second;
  }

  static const line* fullest_line(const network* of) { return of ? fullest(of->lines) : nullptr; }

  static Key youngest_of_fullest(const std::map<address_key, line>& all) {
    auto less = [](const line& x, const line& y) {
      return std::pair{x.size, x.youngest->second.age} < std::pair{y.size, y.youngest->second.age};
    };
    auto found = std::max_element(all.begin(), all.end(), [&](const auto& x, const auto& y) {
      return less(x.second, y.second);
    });
    return found->second.youngest->first;
  }

  /// The network, or the line, that holds least of `places`.
  template <class Held, class Places>
  static const std::pair<const address_key, Held>* poorest(const std::map<address_key, Held>& all,
                                                           const Places& places) {
    auto less = [&](const auto& x, const auto& y) {
      auto of_x = size_of(find(places, x.first));
      auto of_y = size_of(find(places, y.first));
      return of_x == of_y ? x.second.turn < y.second.turn : of_x < of_y;
    };
    auto found = std::min_element(all.begin(), all.end(), less);
    return found == all.end() ? nullptr : &*found;
  }

  template <class Other>
  static const line* poorest_line(const network_entry& of, const fair_pool<Other>& other) {
    const typename fair_pool<Other>::network none;
    const auto* there = find(other.networks_, of.first);
    return &poorest(of.second.lines, (there ? *there : none).lines)->second;
  }

  const network* richer_network(const address_key& than, std::size_t by) const {
    const auto* found = fullest(networks_);
    return found && found->size >= size_of(find(networks_, than)) + by ? found : nullptr;
  }

  /// The network in which somebody has to go.
  const network* richer(const source& than, std::size_t by) const {
    if (const auto* found = richer_network(than.network, by))
      return found;
    const auto* mine = find(networks_, than.network);
    return size_of(fullest_line(mine)) >= count(than) + 2 ? mine : nullptr;
  }

  std::uint64_t next_ = 0;
  std::map<address_key, network> networks_;
  /// Keeps each member where it is.
  std::unordered_map<Key, place> places_;
};

} // namespace devp2p::nat
