// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/random_source.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"

#include <cstdint>
#include <random>

namespace devp2p::kit {

/// A source of the same bytes for the same seed, on every platform. For tests alone, since the
/// bytes can be predicted. Not thread-safe, unlike other random sources.
class seeded_random : public random_source {
public:
  explicit seeded_random(std::uint64_t seed) : engine_(seed) {}

  void fill(mutable_byte_view out) override {
    for (auto& byte : out)
      byte = static_cast<std::uint8_t>(engine_());
  }

private:
  std::mt19937_64 engine_;
};

} // namespace devp2p::kit
