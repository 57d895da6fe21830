// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "stopwatch.hpp"

#include <stdexcept>
#include <string>
#include <thread>

namespace devp2p::bench {

/// Waits for `seconds`, and then until `happened`, so that every repetition measures something.
/// Throws if that takes more than 30 s longer; the error names `what`.
template <class Condition>
void wait(double seconds, Condition happened, const std::string& what) {
  constexpr double patience = 30;
  using duration = std::chrono::duration<double>;
  stopwatch waited;
  std::this_thread::sleep_for(duration{seconds});
  while (!happened()) {
    if (waited.seconds() > seconds + patience)
      throw std::runtime_error("in vain waited for " + what);
    std::this_thread::sleep_for(std::chrono::microseconds{50});
  }
}

} // namespace devp2p::bench
