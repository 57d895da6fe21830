// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/drawn.hpp"
#include "devp2p/actors/peering/indexed_heap.hpp"
#include "devp2p/actors/peering/slab.hpp"

#include <cstddef>
#include <cstdint>

namespace devp2p {

/// Items of which a random one is taken. Like `indexed_heap`: only `reserve` allocates, and the
/// positions may be shared by pools if an item is in one of them at most.
class random_pool {
public:
  using item = std::uint32_t;

  void reserve(std::size_t size) { held_.make_room(size); }
  [[nodiscard]] bool empty() const { return held_.empty(); }
  [[nodiscard]] std::size_t size() const { return held_.size(); }

  void add(heap_positions& at, item which) {
    at[which] = static_cast<std::uint32_t>(held_.size());
    held_.push_back(which);
  }

  /// Precondition: this pool has it.
  void remove(heap_positions& at, item which) {
    auto hole = at[which];
    held_[hole] = held_.back();
    at[held_[hole]] = hole;
    at[which] = indexed_heap<int>::nowhere;
    held_.pop_back();
  }

  /// Returns any item, each as likely as the others. Precondition: not empty.
  [[nodiscard]] item any(random_source& random) const {
    return held_[drawn_below(random, held_.size())];
  }

private:
  roomy_vector<item> held_;
};

} // namespace devp2p
