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

/// Places that strangers share, and the source that holds each. Chooses which member a full pool
/// should give up, so that no source keeps others out: the fullest network gives up a place, and
/// within it the fullest address. A value: ends no connection and reads no clock.
///
/// `Key` identifies a member and must be hashable. The pool has no limit of its own: the owner
/// decides how many members to add. Among networks, or addresses, that hold equally many places,
/// the one with the oldest member gives up a place first.
template <class Key>
class fair_pool {
public:
  fair_pool() = default;
  fair_pool(fair_pool&&) = default;
  fair_pool& operator=(fair_pool&&) = default;

  /// Precondition: `who` is not a member. If memory runs out, throws and changes nothing.
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

  /// Removes `who`. Returns whether it was a member.
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

  /// Removes `who` and returns whether it was a member. Moves its network and its address to the
  /// end of the turn order: all present ones with equally many places go before them. Members that
  /// join them later have that turn, too.
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

  /// Returns the number of members with that address.
  [[nodiscard]] std::size_t count(const source& from) const {
    return size_of(line_of(find(networks_, from.network), from.address));
  }

  /// Returns the member to give up when there are too many; `nullopt` if the pool is empty.
  [[nodiscard]] std::optional<Key> oldest_of_fullest() const {
    return oldest(fullest_line(fullest(networks_)));
  }

  /// Returns the oldest member that should give up its place for one more member from `than`;
  /// `nullopt` if there is none. A network that holds at least `by` more places than the network of
  /// `than` gives up a place of its fullest address. Otherwise the fullest address in the network
  /// of `than` gives up a place, if it holds at least two more than the address of `than`.
  [[nodiscard]] std::optional<Key> oldest_of_richer(const source& than, std::size_t by) const {
    return oldest(fullest_line(richer(than, by)));
  }
  /// Like `oldest_of_richer`, but returns the youngest member. Among addresses that hold equally
  /// many places, the one with the youngest member gives it up.
  [[nodiscard]] std::optional<Key> youngest_of_richer(const source& than, std::size_t by) const {
    const auto* of = richer(than, by);
    return of ? std::optional{youngest_of_fullest(of->lines)} : std::nullopt;
  }

  [[nodiscard]] std::optional<Key> oldest_of(const source& from) const {
    return oldest(line_of(find(networks_, from.network), from.address));
  }

  /// Returns the oldest member of the fullest address of that network.
  [[nodiscard]] std::optional<Key> oldest_of_network(const address_key& network) const {
    return oldest(fullest_line(find(networks_, network)));
  }

  /// Returns the member whose network, and then whose address, holds the fewest places of `other`.
  /// Equals take turns: the one served longest ago goes first; one never served counts from its
  /// arrival.
  template <class Other>
  [[nodiscard]] std::optional<Key> poorest_in(const fair_pool<Other>& other) const {
    const auto* of = poorest(networks_, other.networks_);
    return of ? oldest(poorest_line(*of, other)) : std::nullopt;
  }

  /// Returns the member that gets a place of `other`, which is full, and the member of `other` that
  /// gives it up (see `oldest_of_richer`). If no network of `other` holds too many places, the
  /// address with the largest gain goes first, and among equals the one whose counterpart is the
  /// oldest.
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
    beside(networks_, other.networks_, [&](const auto& each, const auto* there) {
      const auto* gives = fair_pool<Other>::fullest_line(there);
      if (gives == nullptr)
        return;
      const auto* takes = poorest(each.second.lines, there->lines);
      auto gain = gives->size - size_of(fair_pool<Other>::find(there->lines, takes->first));
      if (gain < by || (gain == by && gives->age() > age))
        return;
      by = gain;
      age = gives->age();
      out.emplace(*oldest(&takes->second), *fair_pool<Other>::oldest(gives));
    });
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

  /// The members of one address, ordered by age.
  struct line {
    network_entry* of = nullptr;
    /// The turn of this address, counted like `network::turn`.
    std::uint64_t turn = 0;
    member* oldest = nullptr;
    member* youngest = nullptr;
    std::size_t size = 0;

    [[nodiscard]] std::uint64_t age() const { return oldest->second.age; }
  };

  struct network {
    /// The number of its last service, or of its arrival if it was never served; smaller is
    /// earlier.
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
    /// The neighbours in the line.
    member* older = nullptr;
    member* younger = nullptr;
    /// The number of its arrival; smaller is older.
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

  /// Returns the fullest network, or the fullest line. Linear in the number of addresses, which is
  /// at most the number of members, as are the functions below.
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

  /// Calls `f` with each network, or line, and with the one of `others` that has the same key; null
  /// if there is none. Both maps have one order, so that nothing is looked up.
  template <class Held, class Others, class Function>
  static void beside(const std::map<address_key, Held>& all, const Others& others, Function f) {
    auto there = others.begin();
    for (const auto& each : all) {
      while (there != others.end() && there->first < each.first)
        ++there;
      f(each, there != others.end() && there->first == each.first ? &there->second : nullptr);
    }
  }

  /// Returns the network, or the line, that holds the fewest of `places`.
  template <class Held, class Places>
  static const std::pair<const address_key, Held>* poorest(const std::map<address_key, Held>& all,
                                                           const Places& places) {
    const std::pair<const address_key, Held>* out = nullptr;
    std::pair<std::size_t, std::uint64_t> fewest;
    beside(all, places, [&](const auto& each, const auto* there) {
      std::pair rank{size_of(there), each.second.turn};
      if (out != nullptr && rank >= fewest)
        return;
      out = &each;
      fewest = rank;
    });
    return out;
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

  /// Returns the network that has to give up a member.
  const network* richer(const source& than, std::size_t by) const {
    if (const auto* found = richer_network(than.network, by))
      return found;
    const auto* mine = find(networks_, than.network);
    return size_of(fullest_line(mine)) >= count(than) + 2 ? mine : nullptr;
  }

  std::uint64_t next_ = 0;
  std::map<address_key, network> networks_;
  /// A node-based map: the address of each member stays valid until its removal.
  std::unordered_map<Key, place> places_;
};

} // namespace devp2p::nat
