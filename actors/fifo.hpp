// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace devp2p {

/// A first-in, first-out queue. Unlike `std::deque`, a queue that was never used holds no memory,
/// and an empty one holds little: there are several for each peer.
template <class T>
class fifo {
public:
  [[nodiscard]] bool empty() const { return first_ == items_.size(); }
  [[nodiscard]] std::size_t size() const { return items_.size() - first_; }

  [[nodiscard]] auto begin() const { return items_.begin() + static_cast<std::ptrdiff_t>(first_); }
  [[nodiscard]] auto end() const { return items_.end(); }

  void push(T what) { items_.push_back(std::move(what)); }

  /// Returns the oldest item. Precondition: not empty.
  [[nodiscard]] T& front() { return items_[first_]; }
  [[nodiscard]] const T& front() const { return items_[first_]; }

  /// Removes and returns the oldest item. Precondition: not empty.
  T pop() {
    auto out = std::move(items_[first_++]);
    if (empty())
      rest();
    else if (first_ >= 2 * small && first_ >= size())
      close_gap();
    return out;
  }

private:
  static constexpr std::size_t small = 16;

  void rest() {
    if (items_.capacity() > small)
      items_ = std::vector<T>{};
    else
      items_.clear();
    first_ = 0;
  }

  /// Removes the gap that popped items left. Called when at least half of `items_` is gap, so that
  /// there is at most one move for each popped item.
  void close_gap() {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

  std::vector<T> items_;
  std::size_t first_ = 0;
};

} // namespace devp2p
