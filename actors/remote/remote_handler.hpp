// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/messages/remote_handler.hpp"
#include "devp2p/messages/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace devp2p {

struct remote_handler_options {
  /// Octets, each message with an overhead of 256, that may be under way to one session's handler;
  /// one message always may. What arrives there counts for the node's `max_read_window` until the
  /// handler lets go of it.
  std::uint64_t credit = std::uint64_t{256} << 10;
  /// How long the host may take to spawn a handler.
  settings::duration spawn_timeout = std::chrono::seconds{5};
};

/// For a node: the handlers of a protocol live where that host does. All else is as it would be
/// here: the session ends, goes on without or has the handler restarted when it fails, when its
/// process ends, or when that cannot be reached any more.
///
/// The host may be anywhere that CAF's middleman can reach (`publishing.hpp`). Once its process has
/// gone, it fails each handler that it is asked for.
[[nodiscard]] handler_factory handled_remotely(const handler_host_actor& host,
                                               remote_handler_options options = {});

struct handler_host_options {
  /// One for each session of each node that uses it.
  std::size_t max_handlers = 1000;
  /// How long a handler may take to end when its session has; then it is killed.
  settings::duration handler_timeout = std::chrono::seconds{5};
  /// How long a node may wait to hear what a handler has let go of, if that is little. More than
  /// its `ping_interval` it should not be: it takes a handler that gives nothing back for stalled.
  settings::duration report_interval = std::chrono::seconds{1};
};

/// For the handlers' process: spawns them as a node would. Publish it. Ends when it is sent an exit
/// message, and all its handlers with it.
///
/// A handler writes through its channel, across the processes: `channel::request` tells it when a
/// message was handed to the network, and so how fast to go on. Who merely sends is bounded only by
/// the node's `max_write_queue`, and until then what it sends lies in this process.
[[nodiscard]] handler_host_actor host_handlers(caf::actor_system& system, handler_factory spawn,
                                               handler_host_options options = {});

} // namespace devp2p
