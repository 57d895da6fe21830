// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/inspect.hpp"

#include <cstdint>
#include <limits>

namespace devp2p {

/// The limits of a node that can be changed while it runs: the `settings` of these names. All other
/// settings stay as they were given to the node.
struct node_limits {
  /// In a request: leave this limit as it is.
  static constexpr auto unchanged = std::numeric_limits<std::uint64_t>::max();

  /// A lower limit ends the youngest sessions beyond it that are not trusted, with "too many peers"
  /// (4).
  std::uint64_t max_peers = unchanged;
  /// If more places are kept for sessions that we dialled, the youngest of the others end likewise.
  std::uint64_t dial_ratio = unchanged;
  /// A lower limit ends no session: those that are pending run or fail in their time.
  std::uint64_t max_pending = unchanged;
  /// A lower limit closes the connections beyond it that have waited longest.
  std::uint64_t max_waiting = unchanged;
  /// A lower limit ends no dial under way.
  std::uint64_t max_dialing = unchanged;

  friend bool operator==(const node_limits&, const node_limits&) = default;

  friend auto inspect(auto& f, node_limits& x) {
    return inspect_fields(f,
                          {"max_peers", "dial_ratio", "max_pending", "max_waiting", "max_dialing"},
                          x.max_peers, x.dial_ratio, x.max_pending, x.max_waiting, x.max_dialing);
  }
};

} // namespace devp2p
