// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/random_source.hpp"

namespace devp2p {

/// Returns a random number from 0 up to but not including 1, which spreads what many do over time.
/// Throws what the generator throws.
[[nodiscard]] inline double spread_by(random_source& random) {
  byte_array<2> drawn{};
  random.fill(drawn);
  return (drawn[0] * 256 + drawn[1]) / 65536.0;
}

} // namespace devp2p
