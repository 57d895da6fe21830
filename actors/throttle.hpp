// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/rate_limit.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace devp2p {

/// The number of bytes that one peer may read, or write, and the time when it may: within its own
/// limit and the shared one. A value: the caller passes the time.
class throttle {
public:
  using time_point = rate_limit::time_point;

  /// A null limit allows any rate.
  throttle(std::shared_ptr<rate_limit> own, std::shared_ptr<rate_limit> shared)
    : own_(std::move(own)),
      shared_(std::move(shared)) {}
  ~throttle() { wait(false); }
  throttle(const throttle&) = delete;
  throttle& operator=(const throttle&) = delete;

  [[nodiscard]] bool is_limited() const { return own_ || shared_; }

  /// Returns the number of bytes that may be transferred at `now`. If it is 0, `waits()` is true,
  /// and the caller should ask again at `ready_at()`.
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
      // The waiting throttles share one rate of questions: the more of them, the less often each
      // asks.
      ready_at_ = std::max(ready_at_, now + shared_->waiting() * question);
      // A throttle that has transferred data since its last refusal lets the others go first.
      if (std::exchange(moved_, false))
        ready_at_ += backoff;
    }
    return 0;
  }

  [[nodiscard]] bool waits() const { return waits_; }
  [[nodiscard]] time_point ready_at() const { return ready_at_; }

  /// Returns true iff the caller must set a timer for `ready_at()`: the previous one has fired.
  [[nodiscard]] bool needs_timer() {
    if (wakes_at_ > now_)
      return false;
    wakes_at_ = ready_at_;
    return true;
  }

  /// Charges a transfer of this number of bytes at the time of the last `allowance`.
  void spend(std::size_t size) {
    moved_ = moved_ || size > 0;
    for (auto* limit : {own_.get(), shared_.get()})
      if (limit != nullptr)
        limit->charge(size, now_);
  }

private:
  /// The interval between the questions of all waiting throttles together.
  static constexpr auto question = std::chrono::microseconds{100};
  /// The extra wait of a throttle that has transferred data since its last refusal.
  static constexpr auto backoff = std::chrono::milliseconds{1};

  /// The maximum number of bytes of one transfer: five milliseconds' worth, so that others do not
  /// wait long, but at most one turn (64 KiB) and at least 512 bytes, enough for a packet.
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
