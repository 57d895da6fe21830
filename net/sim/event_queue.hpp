// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/seeded_rng.hpp"
#include "devp2p/net/sim/trace.hpp"

#include <cassert>
#include <chrono>
#include <compare>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace devp2p::net {

/// Callbacks that are due, in the order in which they became due, and tasks that are due later.
///
/// Bounded by its users: a stream has at most one event for reading and one for writing, a listener
/// and a dial have one, a line has one task, and so has a dial that is lost.
class event_queue {
public:
  using time = std::chrono::nanoseconds;
  /// The place of a task. Tasks of the same time run in the order of their ranks, and tasks of the
  /// same rank in the order in which they were made.
  struct timer {
    time due;
    std::uint64_t rank;
    std::uint64_t number;

    friend auto operator<=>(const timer&, const timer&) = default;
  };

  /// `rng` and `record` must outlive the queue. With `in_order`, `rng` does not choose the next
  /// event.
  event_queue(seeded_rng& rng, trace& record, bool in_order)
    : rng_(rng),
      record_(record),
      in_order_(in_order) {}

  void push(std::function<void()> event) { events_.push_back(std::move(event)); }

  /// Runs the oldest event, or any one if `rng` has a seed and may choose. Returns false if there
  /// is none.
  bool run_one() {
    if (events_.empty())
      return false;
    auto chosen = in_order_ ? 0 : rng_.below(events_.size());
    record_.add(events_.size());
    record_.add(chosen);
    std::swap(events_.front(), events_[chosen]);
    auto event = std::move(events_.front());
    events_.pop_front();
    event();
    return true;
  }

  [[nodiscard]] bool empty() const { return events_.empty(); }

  /// Has `advance_to` run `task` at `due`. The task must not call `advance_to` itself.
  timer at(time due, std::uint64_t rank, std::function<void()> task) {
    return tasks_.emplace(timer{due, rank, next_++}, std::move(task)).first->first;
  }

  void cancel(const timer& which) { tasks_.erase(which); }

  [[nodiscard]] time now() const { return now_; }

  /// Separates later events from earlier ones, even if no time has passed.
  void rest() { ++rests_; }
  /// Returns the number of calls of `rest`.
  [[nodiscard]] std::uint64_t rests() const { return rests_; }

  [[nodiscard]] std::optional<time> next_due() const {
    return tasks_.empty() ? std::nullopt : std::optional{tasks_.begin()->first.due};
  }

  /// Runs all tasks that are due until `when`, in order.
  void advance_to(time when) {
    assert(when >= now_);
    while (!tasks_.empty() && tasks_.begin()->first.due <= when) {
      auto next = tasks_.extract(tasks_.begin());
      now_ = next.key().due;
      record_.add(static_cast<std::uint64_t>(now_.count()));
      next.mapped()();
    }
    now_ = when;
  }

private:
  seeded_rng& rng_;
  trace& record_;
  const bool in_order_;
  std::deque<std::function<void()>> events_;
  std::map<timer, std::function<void()>> tasks_;
  std::uint64_t next_ = 0;
  time now_{0};
  std::uint64_t rests_ = 0;
};

/// A callback that waits in an `event_queue` at most once at a time. A member of its owner.
class single_event {
public:
  /// Queues a call of the owner's `Callback`, unless one is queued already. It keeps the owner.
  template <auto Callback>
  void push(event_queue& to, auto& owner) {
    if (std::exchange(queued_, true))
      return;
    to.push([this, self = owner.shared_from_this()] {
      queued_ = false;
      ((*self).*Callback)();
    });
  }

private:
  bool queued_ = false;
};

} // namespace devp2p::net
