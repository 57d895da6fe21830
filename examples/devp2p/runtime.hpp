// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/ended_with_scope.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/net/asio/asio_network.hpp"
#include "devp2p/simulator/program/provision.hpp"

#include <caf/actor_system.hpp>

namespace devp2p::tool {

/// The network and the actor system of a command. Its destructor waits for all actors. Each needs
/// an exit message before; if something may throw meanwhile, give it an `ended_with_scope`.
struct runtime {
  struct provision {
    // The network has one loop, and so one thread.
    provision() { require_threads(threads_of_actors() + 1); }
  };

  provision provided;
  // The order matters: the actors use the network until the last of them has ended.
  net::asio_network network;
  system_config config;
  caf::actor_system system{config};
};

} // namespace devp2p::tool
