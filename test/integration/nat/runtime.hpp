// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/system_config.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/actor_system.hpp>

namespace devp2p::test {

/// An actor system and its network, on threads in one host's namespace: construct it there.
struct runtime {
  // The order matters: actors use the network until the last of them has ended.
  net::asio_network network;
  system_config config;
  caf::actor_system system{config};
};

} // namespace devp2p::test
