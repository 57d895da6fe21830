// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"
#include "devp2p/net/sim/event_queue.hpp"

#include <memory>

namespace devp2p::net {

/// A datagram and its source.
struct datagram {
  endpoint from;
  bytes content;
};

/// The datagrams that have come to one port in memory, and the handler that takes them.
class datagram_queue : public std::enable_shared_from_this<datagram_queue> {
public:
  /// `events` must outlive the queue.
  explicit datagram_queue(event_queue& events) : events_(events) {}

  /// Adds `what`, or loses it if too many wait already.
  void push(datagram what);

  /// Calls `handler` for each datagram.
  void receive(datagram_handler handler);

  /// Forgets the datagrams and the handler.
  void close();

private:
  void wake();
  void deliver();

  event_queue& events_;
  std::deque<datagram> waiting_;
  /// Shared, so that it may close the queue while it runs.
  std::shared_ptr<datagram_handler> handler_;
  single_event delivery_;
};

} // namespace devp2p::net
