// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node_config.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/net/network.hpp"

#include <caf/actor_system.hpp>

namespace devp2p {

/// Spawns a node. Its messages are documented at `node_actor`.
///
/// The node listens at no address until it is told to. `network` and `config.random` must outlive
/// `system`, and with it the node's sessions. The node lives, even without references to it, until
/// it is sent an exit message. It ends when all its sessions have ended.
///
/// Throws `std::invalid_argument`, and leaves no actor behind, if the configuration can never work:
/// a protocol without a name, messages or `spawn`, a protocol listed twice, more than a Hello
/// holds, `config.cleartext` on a real network, or a system whose configuration was not given to
/// `add_types`. The exception's text names the fault.
[[nodiscard]] node_actor spawn_node(caf::actor_system& system, net::network& network,
                                    node_config config);

} // namespace devp2p
