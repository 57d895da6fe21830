// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/peer_store.hpp"
#include "devp2p/actors/peering/peering_interfaces.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/logger.h>

#include <memory>

namespace devp2p {

/// Spawns the actor that writes to `store`, on a thread of its own if that has a file and
/// `on_own_thread` says so: then no other actor waits for the disk. Changes that come together are
/// written in one transaction. Each is answered when it is in the file, and on the disk; if it is
/// in memory alone, when it is there. Lines of the store about its file go to `log`, which may be
/// null.
///
/// An exit message ends it, once it has written what came before.
[[nodiscard]] peer_keeper_actor spawn_peer_keeper(caf::actor_system& system,
                                                  std::shared_ptr<peer_store> store,
                                                  std::shared_ptr<spdlog::logger> log,
                                                  bool on_own_thread = true);

} // namespace devp2p
