// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"
#include "devp2p/net/network.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <memory>

namespace prometheus {
class Registry;
}

namespace devp2p {

/// Keeps the metrics of one node. An exit message ends it.
using metrics_actor = subscriber_actor::extend_with<mapping_subscriber_actor>;

struct metrics_config {
  /// The registry of the metrics. A node needs a registry of its own, to which others may add; must
  /// not be null.
  std::shared_ptr<prometheus::Registry> registry;
  /// The pause between two looks at the node. What only a look tells is that old at most. A look
  /// costs a few messages for each session.
  std::chrono::nanoseconds interval = std::chrono::seconds{5};
  /// The network of the node, whose loop is asked once a second how long a task waits there. It
  /// must then outlive the actor system. Null: that is not measured.
  net::network* network = nullptr;
};

/// Spawns the actor that keeps the metrics of `node`: it counts the node's events, and asks the
/// node for itself and its sessions, one question at a time. The way of the data knows nothing of
/// it.
///
/// Counters begin with the node's first event. What sessions have carried is in them to the last
/// message, as `peer_dropped` tells it. Sessions that run already are counted from their beginning.
///
/// The metrics live on CAF's scheduler, and end with the node. The registry keeps their last
/// values. Throws `std::invalid_argument` if there is no registry, or if one of its metrics has a
/// name of ours and is of another kind.
metrics_actor spawn_metrics(caf::actor_system& system, const node_actor& node,
                            metrics_config config);

} // namespace devp2p
