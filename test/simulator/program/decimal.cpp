// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/decimal.hpp"

#include <charconv>

namespace devp2p::tool {

bool is_decimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos &&
         (text.size() == 1 || text.front() != '0');
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (!is_decimal(text))
    return std::nullopt;
  std::uint64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{out}
                                                                  : std::nullopt;
}

} // namespace devp2p::tool
