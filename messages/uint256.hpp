// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/inspect.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace devp2p {

/// An unsigned integer of 256 bits, as protocols carry it. For arithmetic, convert it to the type
/// of a library for that.
struct uint256 {
  static constexpr std::size_t size = 32;

  byte_array<size> big_endian{};

  constexpr uint256() = default;

  constexpr uint256(std::uint64_t value) {
    for (std::size_t i = size; value != 0; value >>= 8)
      big_endian[--i] = static_cast<std::uint8_t>(value);
  }

  /// Returns the value, or `nullopt` if it needs more than 64 bits.
  [[nodiscard]] constexpr std::optional<std::uint64_t> narrow() const {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < size; ++i) {
      if (out >> 56 != 0)
        return std::nullopt;
      out = out << 8 | big_endian[i];
    }
    return out;
  }

  friend bool operator==(const uint256&, const uint256&) = default;
  friend auto operator<=>(const uint256&, const uint256&) = default;

  friend auto inspect(auto& f, uint256& x) {
    return inspect_fields(f, {"big_endian"}, x.big_endian);
  }
};

/// Returns the decimal digits.
[[nodiscard]] std::string to_string(const uint256& value);

} // namespace devp2p
