// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace devp2p {

/// Items that are found by a number. Numbers count from 1, so that 0 can stand for no item, and the
/// numbers of removed items are used again. Holds no memory before its first item, and little while
/// it is empty.
template <class T>
class numbered {
public:
  using number = std::uint32_t;

  [[nodiscard]] bool empty() const { return count_ == 0; }

  /// Adds an item and returns its number.
  [[nodiscard]] number add(T what) {
    auto out = free_;
    if (out == 0) {
      places_.push_back({std::move(what), 0});
      out = static_cast<number>(places_.size());
    } else {
      auto& place = places_[out - 1];
      free_ = place.next_free;
      place.item = std::move(what);
    }
    ++count_;
    return out;
  }

  /// Returns the item with that number. Precondition: there is one.
  [[nodiscard]] T& operator[](number which) { return places_[which - 1].item; }

  /// Removes the item with that number. Precondition: there is one.
  void remove(number which) {
    places_[which - 1] = {T{}, free_};
    free_ = which;
    if (--count_ == 0)
      rest();
  }

  /// Removes all items, and calls `f` with each. `f` must not throw.
  template <class Function>
  void clear(Function f) {
    for (auto& x : std::exchange(places_, {}))
      f(x.item);
    free_ = count_ = 0;
  }

private:
  static constexpr std::size_t small = 16;

  struct place {
    T item;
    /// The number of the next free place, if this one is free; 0 for none.
    number next_free;
  };

  void rest() {
    if (places_.capacity() > small)
      places_ = std::vector<place>{};
    else
      places_.clear();
    free_ = 0;
  }

  std::vector<place> places_;
  /// The number of the first free place; 0 for none.
  number free_ = 0;
  number count_ = 0;
};

} // namespace devp2p
