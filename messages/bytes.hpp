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

/// A growing sequence of bytes that its holder owns.
using bytes = std::vector<std::uint8_t>;

/// Bytes that another object owns. Valid until the owner changes them or is destroyed.
using byte_view = std::span<const std::uint8_t>;

/// Bytes that another object owns and that the holder may overwrite.
using mutable_byte_view = std::span<std::uint8_t>;

template <std::size_t N>
using byte_array = std::array<std::uint8_t, N>;

/// Views the characters of `text` as bytes.
inline byte_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Returns lower-case hexadecimal digits, two for each byte, without a prefix.
[[nodiscard]] std::string to_hex(byte_view in);

/// The inverse of `to_hex`. Takes either case, with or without `0x`. Returns `nullopt` if `text`
/// has an odd number of digits or any other character.
[[nodiscard]] std::optional<bytes> from_hex(std::string_view text);

} // namespace devp2p
