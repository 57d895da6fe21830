// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/slab.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace devp2p {

/// The positions of items in the heaps that share them: an item is in one of these heaps at most.
/// Items are small numbers.
using heap_positions = std::vector<std::uint32_t>;

/// A queue of items by key, the smallest first, from which any item can be removed. Items with
/// equal keys have no order of their own, so that keys should differ. A value; copies are cheap.
///
/// Only `reserve` allocates: the other functions throw nothing once there is room. All take the
/// positions, which must have a place for each item.
template <class Key>
class indexed_heap {
public:
  using item = std::uint32_t;

  /// The position of an item that is in no heap.
  static constexpr auto nowhere = std::numeric_limits<std::uint32_t>::max();

  /// Makes room for that number of items.
  void reserve(std::size_t size) { held_.make_room(size); }

  [[nodiscard]] bool empty() const { return held_.empty(); }
  [[nodiscard]] std::size_t size() const { return held_.size(); }

  /// The first key and item. Precondition: not empty.
  [[nodiscard]] const std::pair<Key, item>& front() const { return held_.front(); }
  /// One of the items that are far from the front. Precondition: not empty.
  [[nodiscard]] item last() const { return held_.back().second; }

  /// Adds an item. Precondition: it is in none of the heaps with these positions, and there is
  /// room.
  void add(heap_positions& at, item which, const Key& key) {
    held_.emplace_back(key, which);
    rise(at, held_.size() - 1);
  }

  /// Removes an item. Precondition: this heap has it.
  void remove(heap_positions& at, item which) {
    const std::size_t hole = std::exchange(at[which], nowhere);
    auto moved = std::move(held_.back());
    held_.pop_back();
    if (hole == held_.size())
      return;
    held_[hole] = std::move(moved);
    sink(at, hole);
    rise(at, at[held_[hole].second]);
  }

private:
  void rise(heap_positions& at, std::size_t i) {
    for (; i > 0 && held_[i].first < held_[(i - 1) / 2].first; i = (i - 1) / 2)
      exchange(at, i, (i - 1) / 2);
    at[held_[i].second] = static_cast<std::uint32_t>(i);
  }

  void sink(heap_positions& at, std::size_t i) {
    for (auto child = smaller_child(i); child < held_.size() && held_[child].first < held_[i].first;
         child = smaller_child(i)) {
      exchange(at, i, child);
      i = child;
    }
    at[held_[i].second] = static_cast<std::uint32_t>(i);
  }

  [[nodiscard]] std::size_t smaller_child(std::size_t i) const {
    auto left = 2 * i + 1;
    return left + 1 < held_.size() && held_[left + 1].first < held_[left].first ? left + 1 : left;
  }

  void exchange(heap_positions& at, std::size_t i, std::size_t j) {
    std::swap(held_[i], held_[j]);
    at[held_[i].second] = static_cast<std::uint32_t>(i);
    at[held_[j].second] = static_cast<std::uint32_t>(j);
  }

  roomy_vector<std::pair<Key, item>> held_;
};

} // namespace devp2p
