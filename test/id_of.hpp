// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/node_id.hpp"

#include <cstdint>

namespace devp2p {

/// Returns the node id whose bytes are all `byte`.
inline node_id id_of(std::uint8_t byte) {
  node_id out;
  out.value.fill(byte);
  return out;
}

} // namespace devp2p
