// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "stopwatch.hpp"

#include <stdexcept>
#include <string>
#include <thread>

namespace devp2p::bench {

/// Waits for `seconds`, and then on until `happened`, so that every repetition measures something.
/// Throws that `what` has not happened if it takes too long.
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
