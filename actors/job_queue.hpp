// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/spin_budget.hpp"

#include <caf/resumable.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>

namespace devp2p {

/// The queue that the workers of CAF's scheduler share. A worker that finds it empty spins before
/// it sleeps, if the budget allows: one worker at a time. No worker is woken for a job that the one
/// that spins will take. Thread-safe.
class job_queue {
public:
  /// Adds a job at the end. Throws `std::bad_alloc` if there is no memory for it, and then is as
  /// before.
  void push(caf::resumable* job);

  /// Takes the first job; waits until there is one.
  [[nodiscard]] caf::resumable* take();

  /// Takes the first job, or returns null if there is none.
  [[nodiscard]] caf::resumable* take_if_any();

private:
  using clock = std::chrono::steady_clock;

  void spin(std::unique_lock<std::mutex>& guard);
  void sleep(std::unique_lock<std::mutex>& guard);
  caf::resumable* pop();

  std::mutex mutex_;
  std::condition_variable filled_;
  std::list<caf::resumable*> jobs_;
  /// The number of jobs, for the worker that spins without the mutex.
  std::atomic<std::size_t> count_ = 0;
  /// The number of workers that sleep.
  std::size_t sleepers_ = 0;
  /// Whether a worker spins.
  bool spins_ = false;
  net::spin_budget budget_;
  /// The time at which the last worker fell asleep.
  clock::time_point idle_since_{};
};

} // namespace devp2p
