// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/crypto/secp256k1.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace devp2p::crypto {

/// Fresh keys of the system's generator, made by a thread that has nothing else to do: a handshake
/// that finds two of them takes a tenth less time. Each is given once, and wiped here then.
///
/// Holds nothing before a key was asked for, so that a thread without handshakes makes none. For
/// one thread.
class key_reserve {
public:
  /// The maximum number of keys: two each for handshakes that come at once.
  static constexpr std::size_t capacity = 8;

  key_reserve() = default;
  key_reserve(const key_reserve&) = delete;
  key_reserve& operator=(const key_reserve&) = delete;

  /// Returns a key; `nullopt` if there is none, and the caller has to make it.
  [[nodiscard]] std::optional<private_key> take();

  /// Returns true iff another key would be of use.
  [[nodiscard]] bool wants_more() const { return used_ && size_ < capacity; }
  /// Makes one more key. Precondition: `wants_more`.
  void make_one();

private:
  std::array<std::optional<private_key>, capacity> keys_;
  std::size_t size_ = 0;
  /// Whether a key was asked for.
  bool used_ = false;
};

} // namespace devp2p::crypto
