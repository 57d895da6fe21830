// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p {

/// A growing sequence of octets that its holder owns.
using bytes = std::vector<std::uint8_t>;

/// Octets that somebody else owns. Valid as long as the owner neither changes nor dies.
using byte_view = std::span<const std::uint8_t>;

/// Octets that somebody else owns and that the holder may overwrite.
using mutable_byte_view = std::span<std::uint8_t>;

template <std::size_t N>
using byte_array = std::array<std::uint8_t, N>;

/// Views the characters of `text` as octets.
inline byte_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Lower-case hexadecimal digits, two an octet, without a prefix.
[[nodiscard]] std::string to_hex(byte_view in);

/// Inverse of `to_hex`; takes either case, with or without `0x`. Nothing if `text` has an odd
/// number of digits or anything else in it.
[[nodiscard]] std::optional<bytes> from_hex(std::string_view text);

} // namespace devp2p
