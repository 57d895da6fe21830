// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>

namespace devp2p {

/// The wait of one session for memory, in which it reads nothing. Says when the session that holds
/// most must end for that. A value that reads no clock.
class memory_wait {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::nanoseconds;

  explicit memory_wait(time_point since) : since_(since) {}

  /// Records that a ping interval has passed, and the number of bytes that the session holds.
  /// Returns true iff it is time to end the session that holds most. A session that is `greedy`,
  /// holding more than its share, has time as long as it gives memory back: `patience` intervals in
  /// which it does not. Another waits for a third of the interval, since its remote does not wait
  /// for long.
  [[nodiscard]] bool on_interval(time_point now, duration interval, std::size_t held, bool greedy,
                                 unsigned patience) {
    idle_intervals_ = held < held_ ? 0 : idle_intervals_ + 1;
    held_ = held;
    return greedy ? idle_intervals_ > patience : now - since_ >= interval / 3;
  }

private:
  const time_point since_;
  std::size_t held_ = 0;
  unsigned idle_intervals_ = 0;
};

} // namespace devp2p
