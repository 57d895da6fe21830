// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/distribution.hpp"
#include "devp2p/net/sim/seeded_rng.hpp"

#include <caf/timespan.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace devp2p::simulator {

/// Draws one of those times, in whole microseconds.
inline caf::timespan drawn_time(net::seeded_rng& random,
                                const net::distribution::quantiles& times) {
  constexpr auto all = std::size_t{1} << 32;
  auto out = net::distribution::at(times, static_cast<std::uint32_t>(random.below(all)));
  return std::chrono::floor<std::chrono::microseconds>(out);
}

} // namespace devp2p::simulator
