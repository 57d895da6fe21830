// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace devp2p {

/// A byte rate shared by several peers. Transfers are charged after the fact; further transfers
/// wait until the average is back under the rate (the virtual scheduling algorithm of ITU-T I.371).
/// No share is reserved in advance: an idle stranger takes no bandwidth from others.
///
/// Callable from any thread.
class rate_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `rate` is in bytes a second, at least 1.
  explicit rate_limit(std::uint64_t rate) : rate_(std::max<std::uint64_t>(rate, 1)) {}

  [[nodiscard]] std::uint64_t rate() const { return rate_; }

  /// The time from which the next transfer is allowed.
  [[nodiscard]] time_point free_at() const { return time_point{free_at_.load()}; }

  /// Charges a transfer of this number of bytes at `now`.
  void charge(std::size_t size, time_point now) {
    auto takes = std::chrono::nanoseconds{size * std::uint64_t{1'000'000'000} / rate_};
    // A transfer that comes up to `slack` late, because timers are inexact, makes up for it.
    auto earliest = (now - slack).time_since_epoch();
    auto free_at = free_at_.load();
    while (!free_at_.compare_exchange_weak(free_at, std::max<duration>(free_at, earliest) + takes))
      continue;
  }

  /// Counts a throttle that begins to wait.
  void add_waiting() { ++waiting_; }
  /// Counts a throttle that no longer waits.
  void remove_waiting() { --waiting_; }
  [[nodiscard]] std::int64_t waiting() const { return waiting_; }

private:
  using duration = time_point::duration;

  static constexpr auto slack = std::chrono::milliseconds{30};

  const std::uint64_t rate_;
  /// A duration since the clock's epoch.
  std::atomic<duration> free_at_{duration::min()};
  std::atomic<std::int64_t> waiting_{0};
};

} // namespace devp2p
