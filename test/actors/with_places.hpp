// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/settings.hpp"

#include <cstddef>

namespace devp2p::test {

/// The settings of a node with that many places. None is kept for dials, unless `dial_ratio` says
/// so.
inline settings with_places(std::size_t places, std::size_t dial_ratio = 0) {
  settings out;
  out.max_peers = places;
  out.dial_ratio = dial_ratio;
  return out;
}

} // namespace devp2p::test
