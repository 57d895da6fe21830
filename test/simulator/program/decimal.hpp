// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace devp2p::tool {

/// Returns true iff `text` is a whole number in decimal digits without leading zeros, which other
/// programs take for octal.
[[nodiscard]] bool is_decimal(std::string_view text);

/// Returns that number, or `nullopt` if `text` is none or needs more than 64 bits.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);

} // namespace devp2p::tool
