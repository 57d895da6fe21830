// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/progress_bar.hpp"

#include <cstddef>

namespace devp2p::tool {

std::string progress_bar(double done) {
  constexpr auto width = 24;
  auto full = static_cast<std::size_t>(done * width);
  return '[' + std::string(full, '#') + std::string(width - full, ' ') + ']';
}

} // namespace devp2p::tool
