// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/dial_limits.hpp"

#include <algorithm>
#include <cstddef>

namespace devp2p {

/// The places for dials. A place that is free allows two dials, because many fail. Trusted nodes
/// are counted apart: they need no place, only that there are not too many dials at once.
struct dial_slots {
  /// Peers that are not trusted.
  std::size_t peers = 0;
  /// The number of those that we have dialled.
  std::size_t dialled = 0;
  /// Dials under way of nodes that are not trusted.
  std::size_t dialling = 0;
  /// Dials under way of trusted nodes.
  std::size_t dialling_trusted = 0;

  /// Returns the number of places that peers may take whom we dial.
  [[nodiscard]] std::size_t free(const dial_limits& by) const {
    return std::min(less(less(by.peers, by.kept_for_inbound), dialled), less(by.peers, peers));
  }

  /// Returns the number of dials that may begin.
  [[nodiscard]] std::size_t open(const dial_limits& by) const {
    return std::min(less(std::min(2 * free(by), by.max_dialling), dialling), open_trusted(by));
  }

  /// Returns the number of dials of trusted nodes that may begin.
  [[nodiscard]] std::size_t open_trusted(const dial_limits& by) const {
    return less(by.max_dialling, dialling + dialling_trusted);
  }

private:
  /// Returns the difference, or 0.
  static std::size_t less(std::size_t x, std::size_t y) { return x - std::min(x, y); }
};

} // namespace devp2p
