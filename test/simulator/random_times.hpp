// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/timespan.hpp>

#include <chrono>

namespace devp2p::simulator {

/// Random disturbances in a period of the scenario. The seed turns them into steps of a schedule,
/// the same on every platform. Times are exponentially distributed
/// (`net::distribution::exponential`), in whole microseconds.
struct random_times {
  /// The shortest mean time that a scenario may ask for.
  static constexpr caf::timespan least_mean = std::chrono::milliseconds{10};
  /// The longest mean time.
  static constexpr caf::timespan most_mean = std::chrono::hours{24};

  caf::timespan from{0};
  caf::timespan to{0};
};

} // namespace devp2p::simulator
