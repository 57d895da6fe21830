// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>

namespace devp2p::tool {

/// Returns the number of seconds in `x`.
inline double in_seconds(std::chrono::nanoseconds x) {
  return std::chrono::duration<double>{x}.count();
}

} // namespace devp2p::tool
