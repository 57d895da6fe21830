// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/random_source.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Numbers that are drawn from a source of random bytes, the same on every platform.
namespace devp2p {

/// Returns a number from 0 to 1, without 1.
[[nodiscard]] inline double drawn_fraction(random_source& random) {
  byte_array<4> bytes{};
  random.fill(bytes);
  std::uint32_t word = 0;
  for (auto byte : bytes)
    word = word << 8 | byte;
  return word / 4294967296.0;
}

/// Returns a number below `end`, which is at least 1 and at most 2^32.
[[nodiscard]] inline std::size_t drawn_below(random_source& random, std::size_t end) {
  return static_cast<std::size_t>(drawn_fraction(random) * static_cast<double>(end));
}

/// Returns a duration from 0 to `most`.
[[nodiscard]] inline std::chrono::nanoseconds drawn_within(random_source& random,
                                                           std::chrono::nanoseconds most) {
  return std::chrono::nanoseconds{static_cast<std::chrono::nanoseconds::rep>(
    drawn_fraction(random) * static_cast<double>(most.count()))};
}

} // namespace devp2p
