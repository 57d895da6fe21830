// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/messages/remote_ends.hpp"
#include "devp2p/messages/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace devp2p {

struct remote_handler_options {
  /// The maximum number of bytes in transit to one session's handler. Each message has an overhead
  /// of 256 bytes, and one message is always allowed. Arrived messages count for the node's
  /// `max_read_window` until the handler releases them.
  std::uint64_t credit = std::uint64_t{256} << 10;
  /// The maximum time for the host to spawn a handler.
  settings::duration spawn_timeout = std::chrono::seconds{5};
};

/// Returns a factory for a node: the handlers of a protocol live in the process of `host`. The
/// session behaves as with local handlers. When a handler fails, its process ends, or that process
/// can no longer be reached, the session ends, goes on without the handler or has it restarted.
///
/// The host may be in any process that CAF's middleman can reach (`publishing.hpp`). Once its
/// process has gone, each request for a handler fails.
[[nodiscard]] handler_factory handled_remotely(const handler_host_actor& host,
                                               remote_handler_options options = {});

struct handler_host_options {
  /// The maximum number of handlers at a time. Each session of each node that uses the host needs
  /// one.
  std::size_t max_handlers = 1000;
  /// The maximum time for a handler to end when its session has ended; then it is killed.
  settings::duration handler_timeout = std::chrono::seconds{5};
  /// The maximum delay of a report about released messages, if their amount is small. It should not
  /// exceed the `ping_interval` of the node, which takes a handler that releases no message for
  /// stalled.
  settings::duration report_interval = std::chrono::seconds{1};
};

/// Spawns the actor that spawns handlers in this process for nodes in other processes; publish it.
/// Ends when it gets an exit message, and all its handlers with it. Throws `std::invalid_argument`
/// if `spawn` is empty.
///
/// A handler writes through its channel, across the processes. `channel::write` tells it when a
/// message was passed to the network, and so how fast to go on. A handler that only sends is
/// bounded only by the node's `max_write_queue`; until that is reached, its messages wait in this
/// process.
[[nodiscard]] handler_host_actor host_handlers(caf::actor_system& system, handler_factory spawn,
                                               handler_host_options options = {});

} // namespace devp2p
