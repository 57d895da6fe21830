// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/timespan.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// Random numbers for protocols and checks, which are the same for the same seed with every
/// compiler and library; those of `std::uniform_int_distribution` are not. A copy goes on with the
/// same numbers. A source of random bits for `std` (`std::uniform_random_bit_generator`), too.
///
///     auto random = where.random();                       // A `place`'s.
///     auto pause = random.time_between(1s, 2s);
///
/// Not for secrets: who knows one number knows all that follow. SplitMix64 (Steele, Lea and Flood,
/// 2014, "Fast Splittable Pseudorandom Number Generators").
class random_numbers {
public:
  using result_type = std::uint64_t;

  /// Different seeds, even successive ones, have numbers that do not depend on each other.
  explicit random_numbers(std::uint64_t seed) : state_(seed) {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  /// Returns any number.
  result_type operator()();

  /// Returns one of the numbers below `end`, which is at least 1; each is as likely as any other.
  std::uint64_t below(std::uint64_t end);
  /// Returns one of the numbers from `first` to `last`, which is not less.
  std::int64_t between(std::int64_t first, std::int64_t last);
  caf::timespan time_between(caf::timespan first, caf::timespan last) {
    return caf::timespan{between(first.count(), last.count())};
  }
  /// Returns true once in `times` on average; `times` is at least 1.
  bool once_in(std::uint64_t times) { return below(times) == 0; }

  /// Returns one of these, of which there is at least one.
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    assert(!all.empty());
    return all[static_cast<std::size_t>(below(all.size()))];
  }
  /// Puts these into an order of which each is as likely as any other.
  template <class T>
  void shuffle(std::vector<T>& all) {
    for (auto left = all.size(); left > 1; --left)
      std::swap(all[left - 1], all[static_cast<std::size_t>(below(left))]);
  }

  /// Returns others, which depend neither on these nor on those of another `number`. Does not
  /// change these.
  [[nodiscard]] random_numbers apart(std::uint64_t number) const;

private:
  std::uint64_t state_;
};

} // namespace devp2p::simulator
