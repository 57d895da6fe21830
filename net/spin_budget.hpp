// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>

namespace devp2p::net {

/// Decides whether a thread without work spins before it sleeps: asks again and again, and yields
/// the processor in between. Then work that comes soon does not wait for the thread to wake. It
/// spins only after a short sleep, so that an idle thread costs nothing; and for a while not at
/// all if other threads need its processor.
///
/// A value that reads no clock. For one thread, or for several that share a lock.
class spin_budget {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  /// The longest spin, and the longest sleep after which the thread spins. To wake a thread takes
  /// about half as long.
  static constexpr duration max_spin = std::chrono::microseconds{100};
  /// A thread that gets the processor back only after this time has taken it from a thread that
  /// needs it. Threads that spin, too, give it back within a few microseconds.
  static constexpr duration crowded = std::chrono::microseconds{100};
  /// The times for which such a thread does not spin, but sleeps when it has no work: the first
  /// one, and the longest.
  static constexpr duration min_pause = std::chrono::milliseconds{10};
  static constexpr duration max_pause = std::chrono::seconds{1};
  /// The time after a pause within which the need for another makes that one twice as long: other
  /// threads still have work. Later it may be one that seldom wakes, and the first pause is enough.
  static constexpr duration memory = std::chrono::milliseconds{100};

  [[nodiscard]] bool allows_spin(time_point now) const { return soon_ && now >= quiet_until_; }

  /// Records that the thread has slept for as long.
  void slept(duration time) { soon_ = time < max_spin; }

  /// Records that a yield, or a round with one in it, has taken that long, until `now`.
  void yielded(duration time, time_point now) {
    if (time <= crowded)
      return;
    auto again = now - quiet_until_ <= memory;
    pause_ = again ? std::min(2 * pause_, max_pause) : min_pause;
    quiet_until_ = now + pause_;
  }

private:
  /// Whether the last sleep was a short one.
  bool soon_ = false;
  time_point quiet_until_{};
  duration pause_ = min_pause;
};

} // namespace devp2p::net
