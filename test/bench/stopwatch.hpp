// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "usage.hpp"

#include <chrono>
#include <cstdint>

namespace devp2p::bench {

/// Measures real time, in seconds.
class stopwatch {
public:
  using clock = std::chrono::steady_clock;

  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(clock::now() - start_).count();
  }

private:
  clock::time_point start_ = clock::now();
};

/// Measures the processor time of the thread it is used on. So a busy neighbour makes little
/// difference to work that is done from memory.
class thread_stopwatch {
public:
  [[nodiscard]] double seconds() const { return thread_seconds() - start_; }

private:
  double start_ = thread_seconds();
};

/// Makes the compiler assume that `value` is used.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

/// Calls `work` over and over for about `seconds`. Returns the processor time of one call, in
/// seconds.
template <class Work>
double seconds_per_call(double seconds, Work work) {
  // The time of a batch, in seconds, in comparison with which reading the clock costs nothing.
  constexpr double worth_a_look = 50e-6;
  std::uint64_t calls = 0;
  std::uint64_t batch = 1;
  thread_stopwatch all;
  double elapsed = 0;
  while (elapsed < seconds) {
    for (std::uint64_t i = 0; i < batch; ++i)
      work();
    calls += batch;
    auto now = all.seconds();
    if (now - elapsed < worth_a_look)
      batch *= 2;
    elapsed = now;
  }
  return elapsed / static_cast<double>(calls);
}

} // namespace devp2p::bench
