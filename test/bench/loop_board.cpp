// SPDX-License-Identifier: BSL-1.0
#include "loop_board.hpp"

#include "stopwatch.hpp"
#include "usage.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace devp2p::bench {

namespace {

/// If it cannot be done, the system places the thread.
void pin_this_thread(std::size_t index) {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  CPU_SET(index % std::max(std::thread::hardware_concurrency(), 1U), &processors);
  pthread_setaffinity_np(pthread_self(), sizeof processors, &processors);
}

} // namespace

void loop_board::count() {
  static thread_local place* own = nullptr;
  if (own == nullptr)
    own = &add();
  // One thread writes, so that no atomic increment is needed.
  own->messages.store(own->messages.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

loop_board::place& loop_board::add() {
  std::lock_guard guard{mutex_};
  pin_this_thread(places_.size());
  auto& out = *places_.emplace_back(std::make_unique<place>());
  pthread_getcpuclockid(pthread_self(), &out.clock);
  return out;
}

loop_board::reading loop_board::read() const {
  std::lock_guard guard{mutex_};
  reading out;
  for (const auto& x : places_) {
    out.messages.push_back(x->messages.load(std::memory_order_relaxed));
    out.loops.push_back(seconds_of(x->clock));
  }
  out.process = cpu_seconds();
  out.time = std::chrono::duration<double>(stopwatch::clock::now().time_since_epoch()).count();
  return out;
}

} // namespace devp2p::bench
