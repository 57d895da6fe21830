// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/chance.hpp"
#include "devp2p/net/sim/trace.hpp"

#include <cassert>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace devp2p::net {

/// Callbacks that are due, in the order in which they became due, and tasks that are due later.
///
/// Bounded by its users: a stream has at most one event for reading and one for writing, a listener
/// and a dial have one, a line has one task.
class event_queue {
public:
  using time = std::chrono::nanoseconds;
  /// When a task is due, and its number: tasks of the same time run in the order of their making.
  using timer = std::pair<time, std::uint64_t>;

  /// Both outlive the queue. `in_order`: chance does not choose what runs next.
  event_queue(chance& luck, trace& record, bool in_order)
    : luck_(luck),
      record_(record),
      in_order_(in_order) {}

  void push(std::function<void()> event) { events_.push_back(std::move(event)); }

  /// Runs the oldest event, or any if chance chooses. False if there is none.
  bool run_one() {
    if (events_.empty())
      return false;
    auto chosen = in_order_ ? 0 : luck_.below(events_.size());
    record_.add(events_.size());
    record_.add(chosen);
    std::swap(events_.front(), events_[chosen]);
    auto event = std::move(events_.front());
    events_.pop_front();
    event();
    return true;
  }

  [[nodiscard]] bool empty() const { return events_.empty(); }

  /// Has `advance_to` run `task`, which must not advance itself, at `due`.
  timer at(time due, std::function<void()> task) {
    return tasks_.try_emplace({due, next_++}, std::move(task)).first->first;
  }

  void cancel(const timer& which) { tasks_.erase(which); }

  [[nodiscard]] time now() const { return now_; }

  [[nodiscard]] std::optional<time> next_due() const {
    return tasks_.empty() ? std::nullopt : std::optional{tasks_.begin()->first.first};
  }

  /// Runs all tasks that are due until then, in order.
  void advance_to(time when) {
    assert(when >= now_);
    while (!tasks_.empty() && tasks_.begin()->first.first <= when) {
      auto next = tasks_.extract(tasks_.begin());
      now_ = next.key().first;
      record_.add(static_cast<std::uint64_t>(now_.count()));
      next.mapped()();
    }
    now_ = when;
  }

private:
  chance& luck_;
  trace& record_;
  const bool in_order_;
  std::deque<std::function<void()>> events_;
  std::map<timer, std::function<void()>> tasks_;
  std::uint64_t next_ = 0;
  time now_{0};
};

} // namespace devp2p::net
