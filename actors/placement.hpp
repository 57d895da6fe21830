// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace devp2p {

/// The place where a handler has its turns: the loop of its session, or CAF's scheduler. On the
/// loop no thread has to be woken for a message, but all sessions of the loop wait while the
/// handler runs. So a handler whose messages take long leaves the loop. It comes back when its
/// messages have been short for a while, which is longer each time that it has to leave again.
///
/// A value that reads no clock. `is_loop` may be called from any thread; all else only while the
/// handler has its turn.
class placement {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  /// A message that takes longer is long.
  static constexpr duration max_short = std::chrono::microseconds{250};
  /// A second long message among so many makes the handler leave. One alone need not be its fault:
  /// the system may have taken the processor away.
  static constexpr std::uint8_t memory = 16;
  /// A message that takes longer makes the handler leave at once.
  static constexpr duration max_patience = std::chrono::milliseconds{20};
  /// The time for which a handler stays away when it has left for the first time.
  static constexpr duration min_absence = std::chrono::seconds{1};
  /// The longest such time, and the time on the loop after which a handler's past is forgotten.
  static constexpr duration max_absence = std::chrono::minutes{1};

  /// A handler that does not begin on the loop stays on the scheduler.
  explicit placement(bool begins_on_loop)
    : is_measured_(begins_on_loop),
      is_loop_(begins_on_loop) {}

  [[nodiscard]] bool is_loop() const { return is_loop_.load(std::memory_order_acquire); }

  /// Returns true iff the handler may move, and its messages must be measured.
  [[nodiscard]] bool is_measured() const { return is_measured_; }

  /// Records that a message has taken `took`, until `now`. Returns true iff the handler must move.
  bool must_move(duration took, time_point now) {
    auto was_long = took > max_short;
    auto again = was_long && since_long_ < memory;
    since_long_ = was_long ? 0 : std::min<std::uint8_t>(since_long_ + 1, memory);
    if (is_loop())
      return again || took > max_patience;
    if (again)
      since_ = now;
    return now - since_ >= absence_;
  }

  /// Moves the handler to the other place. Other threads may run it from then on.
  void move(time_point now) {
    auto to_loop = !is_loop();
    if (!to_loop)
      absence_ = now - since_ > max_absence ? min_absence
                                            : std::clamp(absence_ * 2, min_absence, max_absence);
    since_ = now;
    since_long_ = memory;
    is_loop_.store(to_loop, std::memory_order_release);
  }

private:
  const bool is_measured_;
  std::atomic<bool> is_loop_;
  /// The number of messages after the last long one.
  std::uint8_t since_long_ = memory;
  /// The time since when the handler is where it is, with short messages.
  time_point since_{};
  /// The time for which it stays away; 0 before it has left for the first time.
  duration absence_{0};
};

} // namespace devp2p
