// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <deque>
#include <functional>
#include <utility>

namespace devp2p::net {

/// Callbacks that are due, in the order in which they became due.
///
/// Bounded by its users: a stream has at most one event for reading and one for writing, a listener
/// and a dial have one.
class event_queue {
public:
  void push(std::function<void()> event) { events_.push_back(std::move(event)); }

  /// Runs the oldest event, if there is one.
  bool run_one() {
    if (events_.empty())
      return false;
    auto event = std::move(events_.front());
    events_.pop_front();
    event();
    return true;
  }

  [[nodiscard]] bool empty() const { return events_.empty(); }

private:
  std::deque<std::function<void()>> events_;
};

} // namespace devp2p::net
