// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/workplace.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

namespace devp2p::net {

class event_loop;

/// A thread that looks, a hundred times a second, what the loops of a network have lent their
/// threads to, as the monitor of Go's scheduler does. A loop whose thread does not come back goes
/// on with another. The monitor also tells borrowers on other threads that they are overdue. It
/// sleeps while there is no such work.
class loop_monitor {
public:
  using time_point = workplace::time_point;

  /// The time for which a loop waits for its thread: from the first look at what holds it to the
  /// next.
  static constexpr std::chrono::milliseconds patience{10};

  /// Throws `std::system_error` if the system has no thread to give.
  loop_monitor();
  ~loop_monitor();
  loop_monitor(const loop_monitor&) = delete;
  loop_monitor& operator=(const loop_monitor&) = delete;

  /// Watches these loops until `stop`.
  void watch(std::vector<event_loop*> loops);

  /// Ends the thread.
  void stop();

  /// Must be called when a loop has lent its thread.
  void notice() {
    if (asleep_.load(std::memory_order_seq_cst))
      wake();
  }

  /// Watches work on a thread that is no loop's. Returns its place, or null if there is none left,
  /// and the work is not watched.
  workplace* watch(borrower& who);

private:
  /// Threads in one place would slow each other down.
  struct alignas(64) place {
    workplace work;
  };

  void run();
  bool look();
  bool look_elsewhere(time_point now);
  void sleep();
  void wake();
  [[nodiscard]] bool may_sleep();

  std::mutex mutex_;
  std::condition_variable stops_;
  bool stopping_ = false;
  std::atomic<bool> asleep_ = false;
  std::vector<event_loop*> loops_;
  std::array<place, 64> elsewhere_;
  std::thread thread_;
};

} // namespace devp2p::net
