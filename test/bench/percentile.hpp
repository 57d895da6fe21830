// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace devp2p::bench {

/// Returns the value below which `percent` of `sorted` lie, and NaN if `sorted` is empty. The
/// median of an even number is the mean of the middle two, so that two repetitions do not report
/// the slower one.
inline double percentile(const std::vector<double>& sorted, double percent) {
  if (sorted.empty())
    return std::numeric_limits<double>::quiet_NaN();
  auto place = static_cast<double>(sorted.size() - 1) * percent / 100;
  auto below = static_cast<std::size_t>(place);
  auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - static_cast<double>(below));
}

} // namespace devp2p::bench
