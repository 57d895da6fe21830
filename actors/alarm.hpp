// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace devp2p {

/// The earliest tick that an actor has on its way to itself. An actor that changes its mind about
/// the time of its next tick schedules another one only if that comes earlier.
class alarm {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Returns the delay of the tick to schedule; `nullopt` if one is on its way that comes by
  /// `when`.
  [[nodiscard]] std::optional<time_point::duration> set(time_point when, time_point now) {
    if (when >= earliest_)
      return std::nullopt;
    earliest_ = when;
    return std::max(when - now, time_point::duration{0});
  }

  /// Must be called with each tick.
  void on_tick(time_point now) {
    if (now >= earliest_)
      earliest_ = time_point::max();
  }

private:
  time_point earliest_ = time_point::max();
};

} // namespace devp2p
