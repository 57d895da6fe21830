// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <random>

namespace devp2p::nat {

/// Returns bytes of the system's generator, which no other host can guess.
template <std::size_t N>
[[nodiscard]] byte_array<N> unpredictable_bytes() {
  std::random_device generator;
  byte_array<N> out;
  for (auto& byte : out)
    byte = static_cast<std::uint8_t>(generator());
  return out;
}

} // namespace devp2p::nat
