// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "percentile.hpp"

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace devp2p::bench {

/// Durations in seconds. Written by actors, read by the thread that measures.
class latencies {
public:
  void add(double seconds) {
    std::lock_guard guard{mutex_};
    taken_.push_back(seconds);
  }

  /// Returns the durations added since the last call, the shortest first.
  [[nodiscard]] std::vector<double> take() {
    std::vector<double> out;
    {
      std::lock_guard guard{mutex_};
      out = std::exchange(taken_, {});
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  [[nodiscard]] std::size_t size() const {
    std::lock_guard guard{mutex_};
    return taken_.size();
  }
  [[nodiscard]] bool empty() const { return size() == 0; }

private:
  mutable std::mutex mutex_;
  std::vector<double> taken_;
};

} // namespace devp2p::bench
