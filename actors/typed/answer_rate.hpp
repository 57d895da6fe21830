// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

namespace devp2p {

/// A time in seconds, in a form to reckon with.
using seconds = std::chrono::duration<double>;

/// The rate at which one remote answers one kind of request, and the size of the next request that
/// will take it a given time. A value that reads no clock (after go-ethereum's p2p/msgrate).
class answer_rate {
public:
  /// `round_trip` is the first estimate: of other remotes, where there are some.
  explicit answer_rate(seconds round_trip) : round_trip_(round_trip) {}

  /// Records an answer of so many items. No items means that the remote can answer no request of
  /// this kind.
  void record(std::size_t items, seconds elapsed) {
    if (items == 0) {
      items_per_second_ = 0;
      return;
    }
    const auto measured = static_cast<double>(items) / std::max(elapsed, seconds{1e-9}).count();
    items_per_second_ += impact * (measured - items_per_second_);
    round_trip_ += impact * (elapsed - round_trip_);
  }

  [[nodiscard]] double items_per_second() const { return items_per_second_; }
  [[nodiscard]] seconds round_trip() const { return round_trip_; }

  /// Returns the number of items to ask for, from 1 to 1,000,000,000, so that the answer takes
  /// `target`. It is a little more than the rate allows, so that a rate that grows is noticed.
  [[nodiscard]] std::size_t next_request(seconds target) const {
    constexpr double growth = 1.01;
    constexpr double most = 1e9; // Beyond what any remote answers, and within any integer.
    return static_cast<std::size_t>(
      std::clamp(std::ceil(1 + growth * items_per_second_ * target.count()), 1.0, most));
  }

private:
  /// The weight of one answer.
  static constexpr double impact = 0.1;

  double items_per_second_ = 0;
  seconds round_trip_;
};

/// The round trip that requests to all remotes together should take, and the time after which one
/// is lost. A value that reads no clock.
class round_trip_estimate {
public:
  static constexpr seconds shortest{2};
  static constexpr seconds longest{20};
  static constexpr seconds max_timeout{60};

  [[nodiscard]] seconds round_trip() const { return round_trip_; }
  /// Returns the share, above 0 and up to 1, to which the estimate can be trusted.
  [[nodiscard]] double confidence() const { return confidence_; }

  /// Returns the round trip to aim at with the next requests.
  [[nodiscard]] seconds target() const { return 0.9 * round_trip_; }
  [[nodiscard]] seconds timeout() const {
    return std::min(3 * round_trip_ / confidence_, max_timeout);
  }

  /// Records a further remote, of which nothing is known yet. `remotes` counts it, too.
  void join(std::size_t remotes) {
    constexpr std::size_t many = 10;
    if (remotes < 2 || remotes >= many)
      return;
    const auto known = static_cast<double>(remotes - 1) / static_cast<double>(remotes);
    confidence_ = std::max(confidence_ * known, 0.1);
  }

  /// Takes the remotes' round trips into account. To be called once in each round trip.
  void tune(std::vector<seconds> round_trips) {
    round_trip_ = 0.75 * round_trip_ + 0.25 * typical(std::move(round_trips));
    confidence_ += (1 - confidence_) / 2;
  }

private:
  /// Returns the round trip of a fast remote: those that are slow should not slow the others down.
  static seconds typical(std::vector<seconds> all) {
    if (all.empty())
      return longest;
    auto place = static_cast<std::size_t>(std::sqrt(static_cast<double>(all.size())));
    auto chosen = all.begin() + static_cast<std::ptrdiff_t>(std::min(place, all.size() - 1));
    std::nth_element(all.begin(), chosen, all.end());
    return std::clamp(*chosen, shortest, longest);
  }

  seconds round_trip_ = longest;
  double confidence_ = 1;
};

} // namespace devp2p
