// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <random>

namespace devp2p::net {

/// Decides what is left open: by a seed, the same on every platform, or without one always alike.
class chance {
public:
  explicit chance(std::optional<std::uint64_t> seed) {
    if (seed)
      engine_.emplace(*seed);
  }

  /// Whether there is a seed.
  [[nodiscard]] bool given() const { return engine_.has_value(); }

  /// A number below `end`, which is at least 1; the first, 0, if there is no seed.
  std::size_t below(std::size_t end) {
    return engine_ && end > 1 ? static_cast<std::size_t>((*engine_)() % end) : 0;
  }

private:
  std::optional<std::mt19937_64> engine_;
};

} // namespace devp2p::net
