// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/capability.hpp"

#include <cstddef>

namespace devp2p {

/// Receives each message of a sub-protocol as it passes: for figures of all sessions together, such
/// as an operator's metrics. `peer_info` has the same counts for one session. `message_event` tells
/// an actor, at the price of a message for each.
///
/// Called on the loops of sessions, several at once if the network has several, while all sessions
/// of the loop wait: must return at once and not throw. `size` is the size of the uncompressed
/// payload in bytes.
class traffic_meter {
public:
  virtual ~traffic_meter() = default;

  /// Called before a received message is sent to its handler.
  virtual void on_received(const capability& protocol, std::size_t size) = 0;
  /// Called when a message is next to be written.
  virtual void on_sent(const capability& protocol, std::size_t size) = 0;
};

} // namespace devp2p
