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
  for (auto byte : as_bytes(text).first(std::min(text.size(), longest))) {
    if (byte >= 0x20 && byte < 0x7f && byte != '\\')
      out += static_cast<char>(byte);
    else
      out += "\\x" + to_hex({&byte, 1});
  }
  return out;
}

} // namespace devp2p
