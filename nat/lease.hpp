// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/settings.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace devp2p::nat {

/// Decides when to renew one mapping, or to try again. A value that reads no clock and draws no
/// random numbers. `spread` is a number between 0 and 1 that spreads the renewals of many hosts
/// over time.
class lease {
public:
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::steady_clock::time_point;

  /// The requested lifetime. It is long enough that a renewal may fail a few times, and short
  /// enough that a router forgets us soon after we are gone.
  static constexpr duration wanted = std::chrono::minutes{20};

  static constexpr duration first_retry = std::chrono::seconds{5};
  static constexpr duration max_retry = std::chrono::minutes{5};

  /// Records a mapping granted for `lifetime`; a longer one counts as `settings::forever`. A
  /// lifetime of 0 means that the router sets no end; the mapping is then checked, and believed, as
  /// one of `wanted`. Returns the time to wait before the renewal: half the lifetime, at most
  /// `wanted`, shortened by up to a tenth, and at least a second.
  duration on_granted(time_point now, duration lifetime, double spread) {
    failures_ = 0;
    auto held = lifetime > duration{0} ? std::min(lifetime, settings::forever) : wanted;
    ends_ = now + held;
    auto half = std::min(held, 2 * wanted) / 2;
    return std::max<duration>(half - scaled(half / 10, spread), std::chrono::seconds{1});
  }

  /// Records that the mapping was not granted, or not renewed. Returns the time to wait before the
  /// next try. It doubles with each failure, is lengthened by up to a quarter, and does not exceed
  /// the rest of the mapping's lifetime.
  duration on_failed(time_point now, double spread) {
    auto wait = std::min(first_retry * (1 << std::min(failures_, 16u)), max_retry);
    ++failures_;
    wait += scaled(wait / 4, spread);
    if (holds(now))
      wait = std::min<duration>(wait, *ends_ - now);
    return wait;
  }

  /// Records that the router has lost the mapping, or is gone.
  void on_lost() { ends_.reset(); }

  /// Returns whether there is a mapping that, as far as we know, has not expired.
  [[nodiscard]] bool holds(time_point now) const { return ends_ && now < *ends_; }

  /// Returns the number of consecutive failures.
  [[nodiscard]] unsigned failures() const { return failures_; }

private:
  static duration scaled(duration x, double spread) {
    return duration{static_cast<duration::rep>(static_cast<double>(x.count()) * spread)};
  }

  std::optional<time_point> ends_;
  unsigned failures_ = 0;
};

} // namespace devp2p::nat
