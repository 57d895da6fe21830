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

/// So many octets a second, for all who share it. Who has moved some says so, and then nobody moves
/// any until it was not too much (the virtual scheduling algorithm of ITU-T I.371). Nothing is set
/// apart for anybody beforehand: a stranger who sends nothing takes nothing from others.
///
/// Callable from any thread.
class rate_limit {
public:
  using time_point = caf::actor_clock::time_point;

  /// `rate` in octets a second, at least 1.
  explicit rate_limit(std::uint64_t rate) : rate_(std::max<std::uint64_t>(rate, 1)) {}

  [[nodiscard]] std::uint64_t rate() const { return rate_; }

  /// From when on some may be moved.
  [[nodiscard]] time_point free_at() const { return time_point{free_at_.load()}; }

  /// These octets were moved at `now`.
  void charge(std::size_t octets, time_point now) {
    auto takes = std::chrono::nanoseconds{octets * std::uint64_t{1'000'000'000} / rate_};
    // Who comes a little late, because timers are, makes up for it.
    auto earliest = (now - slack).time_since_epoch();
    auto free_at = free_at_.load();
    while (!free_at_.compare_exchange_weak(free_at, std::max<duration>(free_at, earliest) + takes))
      continue;
  }

  /// One more waits, or one less.
  void add_waiting() { ++waiting_; }
  void remove_waiting() { --waiting_; }
  [[nodiscard]] std::int64_t waiting() const { return waiting_; }

private:
  using duration = caf::actor_clock::clock_type::duration;

  static constexpr auto slack = std::chrono::milliseconds{30};

  const std::uint64_t rate_;
  /// Since the clock's epoch.
  std::atomic<duration> free_at_{duration::min()};
  std::atomic<std::int64_t> waiting_{0};
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
  ~throttle() { wait(false); }
  throttle(const throttle&) = delete;
  throttle& operator=(const throttle&) = delete;

  [[nodiscard]] bool is_limited() const { return own_ || shared_; }

  /// How many octets may be moved at `now`; if none, it `waits` and should ask again at `ready_at`.
  [[nodiscard]] std::size_t allowance(time_point now) {
    now_ = now;
    ready_at_ = now;
    for (auto* limit : {own_.get(), shared_.get()})
      if (limit != nullptr)
        ready_at_ = std::max(ready_at_, limit->free_at());
    wait(ready_at_ > now);
    if (!waits_)
      return portion();
    if (shared_) {
      // All who wait for the same limit ask together: seldom, if they are many;
      ready_at_ = std::max(ready_at_, now + shared_->waiting() * question);
      // and who has moved some since it was last refused lets those go first who have not.
      if (std::exchange(moved_, false))
        ready_at_ += courtesy;
    }
    return 0;
  }

  [[nodiscard]] bool waits() const { return waits_; }
  [[nodiscard]] time_point ready_at() const { return ready_at_; }

  /// Whether a timer has to be set for `ready_at`: the one before has gone off.
  [[nodiscard]] bool needs_timer() {
    if (wakes_at_ > now_)
      return false;
    wakes_at_ = ready_at_;
    return true;
  }

  /// So many were moved when it was asked last.
  void spend(std::size_t octets) {
    moved_ = moved_ || octets > 0;
    for (auto* limit : {own_.get(), shared_.get()})
      if (limit != nullptr)
        limit->charge(octets, now_);
  }

private:
  /// So long they may take together for each who asks.
  static constexpr auto question = std::chrono::microseconds{100};
  static constexpr auto courtesy = std::chrono::milliseconds{1};

  /// What may be moved at a time: five milliseconds' worth, so that nobody waits long for others,
  /// but no more than one turn and no less than makes a packet.
  [[nodiscard]] std::size_t portion() const {
    auto rate =
      own_ && shared_ ? std::min(own_->rate(), shared_->rate()) : (own_ ? own_ : shared_)->rate();
    return std::clamp<std::uint64_t>(rate / 200, 512, std::size_t{64} << 10);
  }

  void wait(bool now) {
    if (std::exchange(waits_, now) == now || !shared_)
      return;
    if (now)
      shared_->add_waiting();
    else
      shared_->remove_waiting();
  }

  std::shared_ptr<rate_limit> own_;
  std::shared_ptr<rate_limit> shared_;
  time_point now_ = {};
  time_point ready_at_ = {};
  time_point wakes_at_ = {};
  bool waits_ = false;
  bool moved_ = false;
};

} // namespace devp2p
