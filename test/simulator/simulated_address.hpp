// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace devp2p::simulator {

/// Returns the address of a node of a simulation, in 10.0.0.0/8. The maximum number of nodes of a
/// topology fits in there.
inline std::string simulated_address(std::size_t number) {
  return "10." + std::to_string(number >> 16) + "." + std::to_string(number >> 8 & 0xff) + "." +
         std::to_string(number & 0xff);
}

/// Returns the number of the node with this address, which `simulated_address` has made.
inline std::size_t number_at(const std::string& address) {
  std::size_t out = 0;
  std::size_t part = 0;
  for (auto x : address.substr(address.find('.')) + '.') {
    if (x == '.')
      out = out << 8 | std::exchange(part, 0);
    else
      part = part * 10 + static_cast<std::size_t>(x - '0');
  }
  return out;
}

} // namespace devp2p::simulator
