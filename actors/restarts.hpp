// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/fifo.hpp"
#include "devp2p/actors/restart_limits.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace devp2p {

/// The pause before each restart of one handler, or of one child of a supervision tree. A value:
/// the caller passes the time and the random number.
class restart_pause {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Returns the pause before the restart that is decided on at `now`, or `nullopt` for the first,
  /// which comes at once. `ran` is false if the last one could not be spawned. `spread` is a random
  /// number from 0 to 1.
  [[nodiscard]] std::optional<settings::duration> next(const restart_limits& limits, time_point now,
                                                       bool ran, double spread) {
    if (restarted_ && ran && now > until_ &&
        now - until_ >= std::max({limits.period, limits.min_pause, full_})) {
      restarted_ = false;
      full_ = settings::duration{0};
    }
    until_ = now;
    if (!std::exchange(restarted_, true))
      return std::nullopt;
    full_ = std::min(std::max(limits.min_pause, full_ * 2), limits.max_pause);
    auto out = full_ - std::chrono::duration_cast<settings::duration>(full_ / 2 * spread);
    until_ = now + out;
    return out;
  }

private:
  bool restarted_ = false;
  /// The last pause, before its random part was subtracted.
  settings::duration full_{0};
  /// The end of the last pause.
  time_point until_ = {};
};

/// The number of restarts that are left to a handler, or to the children of one supervision tree. A
/// value: the caller passes the time.
class restart_budget {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Takes one restart. Returns false if none is left at `now`.
  [[nodiscard]] bool spend(const restart_limits& limits, time_point now) {
    while (!spent_.empty() && now - spent_.front() >= limits.period)
      spent_.pop();
    if (spent_.size() >= limits.intensity)
      return false;
    spent_.push(now);
    return true;
  }

private:
  /// The times of the restarts within the period, oldest first; at most `intensity`.
  fifo<time_point> spent_;
};

} // namespace devp2p
