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

  /// Adds the size of `content`, too.
  void add(byte_view content) {
    if (!on_)
      return;
    mix(content.size());
    for (; content.size() >= sizeof(std::uint64_t);
         content = content.subspan(sizeof(std::uint64_t)))
      mix(word(content.first(sizeof(std::uint64_t))));
    mix(word(content));
  }

  [[nodiscard]] std::uint64_t hash() const { return hash_; }

private:
  static std::uint64_t word(byte_view content) {
    std::uint64_t out = 0;
    if (!content.empty())
      std::memcpy(&out, content.data(), content.size());
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
