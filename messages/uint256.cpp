// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/uint256.hpp"

#include <algorithm>

namespace devp2p {

std::string to_string(const uint256& value) {
  std::string out;
  auto rest = value.big_endian;
  do {
    unsigned remainder = 0;
    for (auto& digit : rest) {
      remainder = remainder << 8 | digit;
      digit = static_cast<std::uint8_t>(remainder / 10);
      remainder %= 10;
    }
    out += static_cast<char>('0' + remainder);
  } while (rest != byte_array<uint256::size>{});
  std::reverse(out.begin(), out.end());
  return out;
}

} // namespace devp2p
