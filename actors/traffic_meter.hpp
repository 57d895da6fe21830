// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/capability.hpp"

#include <cstddef>

namespace devp2p {

/// Is told of each message of a sub-protocol as it goes by: for figures of all sessions together,
/// such as an operator's metrics. `peer_info` counts the same for one session; `message_event`
/// says it to an actor, at the price of a message for each.
///
/// Called on the loops of sessions, several at once if the network has several, while all sessions
/// of the loop wait: must return at once and not throw. `size` is the payload's, uncompressed.
class traffic_meter {
public:
  traffic_meter() = default;
  traffic_meter(const traffic_meter&) = delete;
  traffic_meter& operator=(const traffic_meter&) = delete;
  virtual ~traffic_meter() = default;

  /// It is on its way to its handler.
  virtual void on_received(const capability& protocol, std::size_t size) = 0;
  /// It is the next that is written.
  virtual void on_sent(const capability& protocol, std::size_t size) = 0;
};

} // namespace devp2p
