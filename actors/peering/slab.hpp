// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace devp2p {

/// A vector whose copies have as much room as it has.
template <class T>
class roomy_vector : public std::vector<T> {
public:
  roomy_vector() = default;
  roomy_vector(roomy_vector&&) noexcept = default;
  roomy_vector& operator=(roomy_vector&&) noexcept = default;
  ~roomy_vector() = default;

  roomy_vector(const roomy_vector& other) : std::vector<T>() {
    this->reserve(other.capacity());
    this->assign(other.begin(), other.end());
  }

  roomy_vector& operator=(const roomy_vector& other) { return *this = roomy_vector{other}; }

  /// Makes room for that number of elements, and for some more.
  void make_room(std::size_t size) {
    if (size > this->capacity())
      this->reserve(size + size / 2 + 8);
  }
};

/// Values that are told apart by small numbers, which are used again. Only `prepare` allocates.
template <class T>
class slab {
public:
  using number = std::uint32_t;

  /// Makes room for one value more, and returns the number that it will have.
  number prepare() {
    if (free_.empty()) {
      free_.make_room(values_.size() + 1);
      values_.make_room(values_.size() + 1);
      values_.emplace_back();
      free_.push_back(static_cast<number>(values_.size() - 1));
    }
    return free_.back();
  }

  /// Adds the value that `prepare` has made room for.
  number add(T value) noexcept {
    auto out = free_.back();
    free_.pop_back();
    values_[out] = std::move(value);
    return out;
  }

  void remove(number which) noexcept {
    values_[which] = T{};
    free_.push_back(which);
  }

  T& operator[](number which) { return values_[which]; }
  const T& operator[](number which) const { return values_[which]; }

  /// One more than the largest number that was used.
  [[nodiscard]] std::size_t end() const { return values_.size(); }

private:
  roomy_vector<T> values_;
  roomy_vector<number> free_;
};

} // namespace devp2p
