// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace devp2p {

/// The wait of one session for memory: since when it has read nothing, and when the session that
/// holds most must end for that. A value that reads no clock.
class memory_wait {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::nanoseconds;

  /// Records that the session must wait. `for_message` says that the next message does not fit; if
  /// it is false, the session holds more than its share.
  void begin(time_point now, bool for_message) {
    if (!waits_) {
      since_ = now;
      idle_intervals_ = 0;
    }
    waits_ = true;
    for_message_ = for_message;
  }
  /// Records that the session may read.
  void end() { waits_ = false; }
  [[nodiscard]] explicit operator bool() const { return waits_; }

  /// Records that a ping interval has passed, and the number of bytes that the session holds.
  /// Returns true iff it is time to end the session that holds most. A session whose message does
  /// not fit waits for a third of the interval, since its remote does not wait for long. One that
  /// holds much has time as long as it gives memory back: `patience` intervals in which it does
  /// not.
  [[nodiscard]] bool on_interval(time_point now, duration interval, std::size_t held,
                                 unsigned patience) {
    if (!waits_)
      return false;
    idle_intervals_ = held < held_ ? 0 : idle_intervals_ + 1;
    held_ = held;
    return for_message_ ? now - since_ >= interval / 3 : idle_intervals_ > patience;
  }

private:
  time_point since_;
  std::size_t held_ = 0;
  std::uint32_t idle_intervals_ = 0;
  bool waits_ = false;
  bool for_message_ = false;
};

} // namespace devp2p
