// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/event_queue.hpp"
#include "devp2p/net/sim/memory_stream.hpp"

#include <cstddef>
#include <list>
#include <memory>

namespace devp2p::net {

/// The backlog of one listener in memory, and the handler that waits for its next connection.
class accept_queue : public std::enable_shared_from_this<accept_queue> {
public:
  /// `events` must outlive the queue.
  explicit accept_queue(event_queue& events) : events_(events) {}

  /// Takes a connection that was dialled.
  void push(std::unique_ptr<memory_stream> dialled);

  /// Calls `handler` with the oldest connections, at most `most`, as soon as there is one.
  void accept(std::size_t most, accept_handler handler);

  /// Breaks the connections that were not accepted, and forgets the handler.
  void close();

  [[nodiscard]] std::size_t size() const { return backlog_.size(); }

private:
  void wake();
  void deliver();
  [[nodiscard]] accept_outcome take();

  event_queue& events_;
  std::list<std::unique_ptr<memory_stream>> backlog_;
  /// The maximum number of connections that `handler_` takes.
  std::size_t most_ = 0;
  accept_handler handler_;
  single_event delivery_;
};

} // namespace devp2p::net
