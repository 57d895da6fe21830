// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/random_source.hpp"

#include <random>

namespace devp2p::nat {

/// A random source that repeats its numbers for the same seed.
class seeded_random final : public random_source {
public:
  explicit seeded_random(std::uint64_t seed) : engine_(seed) {}

  void fill(mutable_byte_view out) override {
    for (auto& byte : out)
      byte = static_cast<std::uint8_t>(engine_());
  }

private:
  std::mt19937_64 engine_;
};

} // namespace devp2p::nat
