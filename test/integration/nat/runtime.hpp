// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/actor_system.hpp>

namespace devp2p::test {

/// An actor system and its network, on threads in one host's namespace: construct it there.
struct runtime {
  struct configuration : caf::actor_system_config {
    configuration() {
      add_types(*this);
      prefer_low_latency(*this);
    }
  };

  // The order matters: actors use the network until the last of them has ended.
  net::asio_network network;
  configuration config;
  caf::actor_system system{config};
};

} // namespace devp2p::test
