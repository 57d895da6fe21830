// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/settings.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace devp2p::nat {

/// When to see to one mapping again. A value without a clock and without chance: it is told what
/// happened, when, and a number between 0 and 1 that spreads many hosts over time.
class lease {
public:
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::steady_clock::time_point;

  /// What is asked for. Long enough that a renewal may fail a few times, short enough that a router
  /// forgets us soon after we are gone.
  static constexpr duration wanted = std::chrono::minutes{20};

  static constexpr duration first_retry = std::chrono::seconds{5};
  static constexpr duration max_retry = std::chrono::minutes{5};

  /// It was granted for so long; 0 if the router sets no end, which is no reason not to look
  /// whether it is still there, and to believe so no longer than of others. More than
  /// `settings::forever` is that. Returns when to renew it: at half time, up to a tenth of it
  /// earlier.
  duration on_granted(time_point now, duration lifetime, double chance) {
    failures_ = 0;
    auto held = lifetime > duration{0} ? std::min(lifetime, settings::forever) : wanted;
    ends_ = now + held;
    auto half = std::min(held, 2 * wanted) / 2;
    return std::max<duration>(half - scaled(half / 10, chance), std::chrono::seconds{1});
  }

  /// It was not granted, or not renewed. Returns when to try again: twice as late each time, up to
  /// a quarter more, but not after the mapping's end.
  duration on_failed(time_point now, double chance) {
    auto wait = std::min(first_retry * (1 << std::min(failures_, 16u)), max_retry);
    ++failures_;
    wait += scaled(wait / 4, chance);
    if (holds(now))
      wait = std::min<duration>(wait, *ends_ - now);
    return wait;
  }

  /// The router has lost it, or is no more.
  void on_lost() { ends_.reset(); }

  /// Whether there is a mapping that has not ended, as far as we know.
  [[nodiscard]] bool holds(time_point now) const { return ends_ && now < *ends_; }

  /// In a row.
  [[nodiscard]] unsigned failures() const { return failures_; }

private:
  static duration scaled(duration x, double chance) {
    return duration{static_cast<duration::rep>(static_cast<double>(x.count()) * chance)};
  }

  std::optional<time_point> ends_;
  unsigned failures_ = 0;
};

} // namespace devp2p::nat
