// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/timespan.hpp>

#include <cmath>

/// The times of a scenario, as people write them.
namespace devp2p::simulator {

/// The longest time in a scenario, in seconds: one year, whose nanoseconds fit into a
/// `caf::timespan`.
inline constexpr double max_seconds = 366.0 * 24 * 3600;
/// The largest latency, and the largest parameter of a distribution of times, in milliseconds.
inline constexpr double max_milliseconds = 3'600'000;

inline caf::timespan seconds(double x) {
  return caf::timespan{std::llround(x * 1e9)};
}

inline caf::timespan milliseconds(double x) {
  return caf::timespan{std::llround(x * 1e6)};
}

} // namespace devp2p::simulator
