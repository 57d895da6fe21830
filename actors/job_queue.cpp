// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/job_queue.hpp"

#include <chrono>
#include <thread>
#include <utility>

namespace devp2p {

void job_queue::push(caf::resumable* job) {
  std::list<caf::resumable*> added{job};
  std::lock_guard guard{mutex_};
  jobs_.splice(jobs_.end(), added);
  count_.store(jobs_.size(), std::memory_order_relaxed);
  // With the mutex: once the job has run, nothing need be left of the queue.
  if (sleepers_ > 0 && jobs_.size() > (spins_ ? 1 : 0))
    filled_.notify_one();
}

caf::resumable* job_queue::take() {
  std::unique_lock guard{mutex_};
  if (jobs_.empty() && !spins_)
    spin(guard);
  if (jobs_.empty())
    sleep(guard);
  return pop();
}

caf::resumable* job_queue::take_if_any() {
  std::lock_guard guard{mutex_};
  return jobs_.empty() ? nullptr : pop();
}

/// Waits for a job without the mutex, as long as the budget allows. Another worker may take the
/// job.
void job_queue::spin(std::unique_lock<std::mutex>& guard) {
  auto now = clock::now();
  if (!budget_.allows_spin(now))
    return;
  spins_ = true;
  guard.unlock();
  const auto until = now + net::spin_budget::max_spin;
  clock::duration round{0};
  while (now < until && round <= net::spin_budget::crowded &&
         count_.load(std::memory_order_relaxed) == 0) {
    std::this_thread::yield();
    auto before = std::exchange(now, clock::now());
    round = now - before;
  }
  guard.lock();
  spins_ = false;
  budget_.yielded(round, now);
}

/// Workers may be woken in turn: what counts is for how long none has had work.
void job_queue::sleep(std::unique_lock<std::mutex>& guard) {
  idle_since_ = clock::now();
  ++sleepers_;
  filled_.wait(guard, [this] { return !jobs_.empty(); });
  --sleepers_;
  budget_.slept(clock::now() - idle_since_);
}

caf::resumable* job_queue::pop() {
  auto* out = jobs_.front();
  jobs_.pop_front();
  count_.store(jobs_.size(), std::memory_order_relaxed);
  return out;
}

} // namespace devp2p
