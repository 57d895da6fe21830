// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/ending.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace devp2p {

/// The times between two tries of one node.
struct back_off_rules {
  using duration = std::chrono::nanoseconds;

  /// No time is shorter. Others refuse a remote that comes back within 30 s (geth, reth), so that a
  /// node that tries sooner never succeeds.
  duration floor = std::chrono::seconds{35};
  /// No time is longer, its random part included; but for `floor`.
  duration cap = std::chrono::hours{1};
  /// The time after the first failure of each kind.
  duration low = std::chrono::seconds{35};
  duration medium = std::chrono::minutes{3};
  duration high = std::chrono::minutes{15};
  /// The end of a session that lasted so long begins the row of failures anew.
  duration proven_after = std::chrono::minutes{1};
  /// A row is one failure shorter after each such time in which nothing failed.
  duration forgotten_after = std::chrono::hours{2};
};

/// The number of failures in a row of one node, and from it the time of its next try. A value: the
/// caller passes the time and the chance.
class back_off {
public:
  using duration = back_off_rules::duration;
  using time_point = std::chrono::steady_clock::time_point;

  /// The length of a row that is not exceeded.
  static constexpr unsigned max_failures = 255;

  back_off() = default;
  /// A row of so many failures, the last of which was at that time.
  back_off(unsigned failures, time_point last)
    : last_(last),
      failures_(static_cast<std::uint8_t>(std::min(failures, max_failures))) {}

  /// Returns the time from an end of that kind to the next try, after `failures` others in a row:
  /// the time of its kind, once more for each failure in the row, and a random part of up to a
  /// quarter on top. `chance` is a random number from 0 to 1.
  [[nodiscard]] static duration pause(const back_off_rules& rules, retry again, unsigned failures,
                                      double chance) {
    auto base = again == retry::high     ? rules.high
                : again == retry::medium ? rules.medium
                                         : rules.low;
    auto least = std::max(rules.floor, duration{1});
    base = std::clamp(base, least, std::max(least, rules.cap));
    auto most = std::max(base, rules.cap - rules.cap / 5);
    auto times = again == retry::soon ? 1 : 1 + std::min(failures, max_failures);
    // Not a product, which might overflow.
    auto full = base >= most / times ? most : base * times;
    auto part = static_cast<double>((full / 4).count()) * std::clamp(chance, 0.0, 1.0);
    return std::max(least, std::min(full + duration{static_cast<duration::rep>(part)},
                                    std::max(least, rules.cap)));
  }

  /// Records the end of a session that lasted so long, or of a dial with 0, and returns the time of
  /// the next try.
  [[nodiscard]] time_point on_ended(const back_off_rules& rules, retry again, duration lasted,
                                    time_point now, double chance) {
    auto before = lasted >= rules.proven_after ? 0 : failures(rules, now);
    auto out = now + pause(rules, again, before, chance);
    if (again != retry::soon)
      *this = {before + 1, now};
    else if (before != failures_)
      // What is left of the current step goes on.
      *this = {before, before == 0 ? now : last_ + (failures_ - before) * rules.forgotten_after};
    return out;
  }

  /// Returns the number of failures in a row that count at that time.
  [[nodiscard]] unsigned failures(const back_off_rules& rules, time_point now) const {
    if (now <= last_ || rules.forgotten_after <= duration{0})
      return failures_;
    auto forgotten = (now - last_) / rules.forgotten_after;
    return forgotten >= failures_ ? 0 : failures_ - static_cast<unsigned>(forgotten);
  }

  /// The time of the last failure.
  [[nodiscard]] time_point last() const { return last_; }

private:
  time_point last_ = {};
  std::uint8_t failures_ = 0;
};

} // namespace devp2p
