// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/actor_clock.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace devp2p {

/// So many octets a second, for all who share it: each reserves what it will move, and is told when
/// it may, in the order of the reservations (the virtual scheduling algorithm of ITU-T I.371).
/// Callable from any thread.
class rate_limit {
public:
  using time_point = caf::actor_clock::time_point;

  /// `rate` in octets a second, at least 1.
  explicit rate_limit(std::uint64_t rate) : rate_(std::max<std::uint64_t>(rate, 1)) {}

  /// When these octets may be moved: `now`, or later.
  [[nodiscard]] time_point reserve(std::size_t octets, time_point now) {
    auto takes = std::chrono::nanoseconds{octets * std::uint64_t{1'000'000'000} / rate_};
    // Who comes a little late, because timers are, makes up for it.
    auto earliest = (now - slack).time_since_epoch();
    auto free = next_free_.load();
    auto start = free;
    do
      start = std::max<clock::duration>(free, earliest);
    while (!next_free_.compare_exchange_weak(free, start + takes));
    return std::max(now, time_point{start});
  }

  [[nodiscard]] std::uint64_t rate() const { return rate_; }

private:
  using clock = caf::actor_clock::clock_type;

  static constexpr auto slack = std::chrono::milliseconds{50};

  const std::uint64_t rate_;
  /// Since the clock's epoch.
  std::atomic<clock::duration> next_free_{clock::duration::zero()};
};

/// How much one peer may read, or write, and when: as its own limit and the node's allow. A value
/// that is told the time.
class throttle {
public:
  using time_point = rate_limit::time_point;

  /// Null: no limit.
  throttle(std::shared_ptr<rate_limit> own, std::shared_ptr<rate_limit> shared)
    : own_(std::move(own)),
      shared_(std::move(shared)) {}

  [[nodiscard]] bool is_limited() const { return own_ || shared_; }

  /// How many octets may be moved at `now`; if none, then some at `ready_at`.
  [[nodiscard]] std::size_t allowance(time_point now) {
    if (left_ == 0) {
      left_ = portion();
      ready_at_ = now;
      for (auto* limit : {own_.get(), shared_.get()})
        if (limit != nullptr)
          ready_at_ = std::max(ready_at_, limit->reserve(left_, now));
    }
    return ready_at_ <= now ? left_ : 0;
  }

  [[nodiscard]] time_point ready_at() const { return ready_at_; }

  /// So many were moved.
  void spend(std::size_t octets) { left_ -= std::min(left_, octets); }

private:
  /// What is reserved at a time: five milliseconds' worth, so that nobody waits long for others,
  /// but no more than one turn and no less than makes a packet.
  [[nodiscard]] std::size_t portion() const {
    auto rate =
      own_ && shared_ ? std::min(own_->rate(), shared_->rate()) : (own_ ? own_ : shared_)->rate();
    return std::clamp<std::uint64_t>(rate / 200, 512, std::size_t{64} << 10);
  }

  std::shared_ptr<rate_limit> own_;
  std::shared_ptr<rate_limit> shared_;
  std::size_t left_ = 0;
  time_point ready_at_ = {};
};

} // namespace devp2p
