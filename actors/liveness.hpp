// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/info.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace devp2p {

/// The signs of life of a remote: the number of silent intervals, and the round-trip times of Ping
/// and Pong. A value that reads no clock: its owner reports each event.
class liveness {
public:
  /// Records that an interval has passed; `frames` have been received since the session began. Any
  /// frame is a sign of life: a remote that is busy sending may be late with its Pong.
  void on_interval(std::uint64_t frames) {
    silent_intervals_ = frames == frames_ ? silent_intervals_ + 1 : 0;
    frames_ = frames;
  }

  void on_pong(std::chrono::nanoseconds taken) {
    auto first = !std::exchange(measured_, true);
    times_.smoothed = first ? taken : times_.smoothed + (taken - times_.smoothed) / 8;
    times_.min = first ? taken : std::min(times_.min, taken);
    times_.last = taken;
  }

  /// Returns the number of consecutive full intervals without a frame.
  [[nodiscard]] unsigned silent_intervals() const { return silent_intervals_; }

  [[nodiscard]] const round_trip& times() const { return times_; }

private:
  /// The frames received by the end of the last interval. Hello came before the first interval.
  std::uint64_t frames_ = 1;
  unsigned silent_intervals_ = 0;
  bool measured_ = false;
  round_trip times_;
};

} // namespace devp2p
