// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/json_fields.hpp"

#include <cstddef>
#include <numeric>
#include <vector>

namespace devp2p::simulator {

/// Reads the field `nodes` of an object, without which all nodes are meant. Throws a
/// `json_complaint`.
inline std::vector<std::size_t> node_numbers(json_fields& in, std::size_t nodes) {
  if (in.find("nodes"))
    return in.nodes("nodes");
  std::vector<std::size_t> out(nodes);
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

} // namespace devp2p::simulator
