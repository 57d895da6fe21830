// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace devp2p {

/// Returns the whole seconds since 1970, rounded down.
[[nodiscard]] inline std::int64_t to_unix_time(std::chrono::system_clock::time_point x) {
  return std::chrono::floor<std::chrono::seconds>(x).time_since_epoch().count();
}

/// Returns the time of that many seconds since 1970. The second of the largest time that there is
/// stands for all of it, and for all that are later.
[[nodiscard]] inline std::chrono::system_clock::time_point from_unix_time(std::int64_t x) {
  using time_point = std::chrono::system_clock::time_point;
  if (x >= to_unix_time(time_point::max()))
    return time_point::max();
  return time_point{std::chrono::seconds{std::max(x, to_unix_time(time_point::min()) + 1)}};
}

} // namespace devp2p
