// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/capability.hpp"

#include "devp2p/messages/bytes.hpp"

#include <algorithm>

namespace devp2p {

std::string to_string(const capability& x) {
  return printable(x.name) + '/' + std::to_string(x.version);
}

std::string printable(const std::string& text) {
  constexpr std::size_t longest = 256;
  std::string out;
  for (auto octet : as_bytes(text).first(std::min(text.size(), longest))) {
    if (octet >= 0x20 && octet < 0x7f && octet != '\\')
      out += static_cast<char>(octet);
    else
      out += "\\x" + to_hex({&octet, 1});
  }
  return out;
}

} // namespace devp2p
