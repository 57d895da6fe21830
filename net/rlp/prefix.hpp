// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace devp2p::rlp {

/// The first prefix of a string and of a list. A byte below the first is its own encoding (Ethereum
/// Yellow Paper, appendix B).
inline constexpr std::uint8_t string_prefix = 0x80;
inline constexpr std::uint8_t list_prefix = 0xc0;

/// The largest payload, in bytes, whose size fits into the prefix.
inline constexpr std::uint8_t max_short_size = 55;

/// The largest prefix, with the size that follows it, in bytes.
inline constexpr std::size_t max_prefix_size = 1 + sizeof(std::uint64_t);

/// Returns the number of an integer's big-endian digits without leading zeros; 0 for zero.
constexpr std::size_t count_digits(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value)) + 7) / 8;
}

/// Writes these digits to `at`, and returns their end.
constexpr std::uint8_t* put_digits(std::uint8_t* at, std::uint64_t value) {
  for (auto left = count_digits(value); left > 0; --left)
    *at++ = static_cast<std::uint8_t>(value >> (8 * (left - 1)));
  return at;
}

/// Returns the size of the prefix of a payload that is not its own encoding, in bytes.
constexpr std::size_t prefix_size(std::size_t payload) {
  return payload <= max_short_size ? 1 : 1 + count_digits(payload);
}

/// Writes the prefix of such a payload to `at`, and returns its end. `kind` is `string_prefix` or
/// `list_prefix`.
constexpr std::uint8_t* put_prefix(std::uint8_t* at, std::uint8_t kind, std::size_t payload) {
  if (payload <= max_short_size) {
    *at++ = static_cast<std::uint8_t>(kind + payload);
    return at;
  }
  *at++ = static_cast<std::uint8_t>(kind + max_short_size + count_digits(payload));
  return put_digits(at, payload);
}

} // namespace devp2p::rlp
