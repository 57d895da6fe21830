// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/punching/keyed_hash.hpp"

#include <memory>
#include <random>

namespace devp2p::nat {

/// Returns a random source that repeats its numbers for the same seed.
inline chance seeded_chance(std::uint64_t seed) {
  return [engine = std::make_shared<std::mt19937_64>(seed)](mutable_byte_view out) {
    for (auto& byte : out)
      byte = static_cast<std::uint8_t>((*engine)());
  };
}

} // namespace devp2p::nat
