// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace devp2p::test {

/// The input of a target that has a state: a list of decisions, taken from its front. When none are
/// left, each decision is 0.
class script {
public:
  explicit script(byte_view from) : left_(from) {}

  [[nodiscard]] bool at_end() const { return left_.empty(); }

  std::uint8_t byte() {
    if (left_.empty())
      return 0;
    auto out = left_.front();
    left_ = left_.subspan(1);
    return out;
  }

  /// Returns two bytes as a number, big-endian.
  std::uint16_t two_bytes() {
    auto high = byte();
    return static_cast<std::uint16_t>(high << 8 | byte());
  }

  /// Returns eight bytes as a number, big-endian.
  std::uint64_t eight_bytes() {
    std::uint64_t out = 0;
    for (auto i = 0; i < 8; ++i)
      out = out << 8 | byte();
    return out;
  }

  /// Returns as many bytes as the next byte says, or all that are left if they are fewer.
  byte_view some_bytes() {
    const std::size_t wanted = byte(); // Taken before the size of the rest is read.
    auto size = std::min(wanted, left_.size());
    auto out = left_.first(size);
    left_ = left_.subspan(size);
    return out;
  }

private:
  byte_view left_;
};

} // namespace devp2p::test
