// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/event_queue.hpp"
#include "devp2p/net/sim/memory_stream.hpp"

#include <list>

namespace devp2p::net {

/// The backlog of one listener in memory, and the handler that waits for its next connection.
class accept_queue : public std::enable_shared_from_this<accept_queue> {
public:
  /// `events` must outlive the queue.
  explicit accept_queue(event_queue& events) : events_(events) {}

  /// Takes a connection that was dialled.
  void push(std::unique_ptr<memory_stream> dialled);

  /// Calls `handler` with the oldest connection as soon as there is one.
  void accept(stream_handler handler);

  /// Breaks the connections that were not accepted, and forgets the handler.
  void close();

  [[nodiscard]] std::size_t size() const { return backlog_.size(); }

private:
  void wake();
  void deliver();

  event_queue& events_;
  std::list<std::unique_ptr<memory_stream>> backlog_;
  stream_handler handler_;
  single_event delivery_;
};

} // namespace devp2p::net
