// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>

namespace devp2p::net {

/// A generator for decisions that are left open. With a seed they are random, and the same on every
/// platform; without one they are always alike.
///
/// SplitMix64 (Steele, Lea and Flood, 2014, "Fast Splittable Pseudorandom Number Generators"): so
/// small that each line has its own.
class seeded_rng {
public:
  explicit seeded_rng(std::optional<std::uint64_t> seed) : state_(seed) {}

  /// Returns whether there is a seed.
  [[nodiscard]] bool given() const { return state_.has_value(); }

  /// Returns a number below `end`, which is at least 1; always 0 if there is no seed.
  std::size_t below(std::size_t end) {
    return state_ && end > 1 ? static_cast<std::size_t>(word() % end) : 0;
  }

  /// Returns any number. Requires a seed.
  std::uint64_t word() { return mix(*state_ += increment); }

  /// Returns a generator whose decisions are independent of these, and of those of another
  /// `number`.
  [[nodiscard]] seeded_rng apart(std::uint64_t number) const {
    return seeded_rng{state_ ? std::optional{mix(*state_) ^ mix(~number)} : std::nullopt};
  }

  /// Applies a bijection that lets every bit depend on every other one.
  static std::uint64_t mix(std::uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
  }

private:
  static constexpr std::uint64_t increment = 0x9e3779b97f4a7c15;

  std::optional<std::uint64_t> state_;
};

} // namespace devp2p::net
