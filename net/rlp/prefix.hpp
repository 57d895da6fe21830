// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace devp2p::rlp {

/// The first prefix of a string and of a list. A byte below the first is its own encoding (Ethereum
/// Yellow Paper, appendix B).
inline constexpr std::uint8_t string_prefix = 0x80;
inline constexpr std::uint8_t list_prefix = 0xc0;

/// The largest payload, in bytes, whose size fits into the prefix.
inline constexpr std::uint8_t max_short_size = 55;

} // namespace devp2p::rlp
