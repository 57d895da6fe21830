// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <cstring>

namespace devp2p::net {

/// A running hash of what happens: two runs that differ anywhere have different hashes. Takes eight
/// bytes a step; each step is a bijection of the state, so a difference is never lost. Not
/// cryptographic.
class trace {
public:
  /// Starts to record; what happened before is not recorded.
  void start() { on_ = true; }

  void add(std::uint64_t word) {
    if (on_)
      mix(word);
  }

  /// Adds the size of `octets`, too.
  void add(byte_view octets) {
    if (!on_)
      return;
    mix(octets.size());
    for (; octets.size() >= sizeof(std::uint64_t); octets = octets.subspan(sizeof(std::uint64_t)))
      mix(word(octets.first(sizeof(std::uint64_t))));
    mix(word(octets));
  }

  [[nodiscard]] std::uint64_t hash() const { return hash_; }

private:
  static std::uint64_t word(byte_view octets) {
    std::uint64_t out = 0;
    if (!octets.empty())
      std::memcpy(&out, octets.data(), octets.size());
    return out;
  }

  /// FNV-1a, 64 bits, but for the shift, which lets high bits reach low ones.
  void mix(std::uint64_t word) {
    hash_ = (hash_ ^ word) * 0x100000001b3;
    hash_ ^= hash_ >> 32;
  }

  bool on_ = false;
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

} // namespace devp2p::net
