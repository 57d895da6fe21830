// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/nat/punching/rendezvous_server.hpp"
#include "devp2p/net/network.hpp"

#include <caf/actor_system.hpp>

namespace devp2p {

struct rendezvous_config {
  nat::rendezvous_limits limits = {};
  /// The maximum number of TCP connections at a time. At the maximum, the network (/24, /48) that
  /// has most of them gives up its oldest for a network that has fewer. Inside a network, the same
  /// holds for addresses. Other connections are refused.
  std::size_t max_guests = 256;
  /// The maximum number of TCP connections of one address.
  std::size_t max_guests_per_address = 32;
  /// Null for the system's generator. A test may set another, which must outlive the rendezvous.
  random_source* random = nullptr;
};

/// Spawns a rendezvous. Its messages are documented at `rendezvous_actor`, its protection from
/// abuse at `nat::rendezvous_server`.
///
/// The rendezvous listens at no address until it is told to. `network` and `config.random` must
/// outlive `system`. The rendezvous lives, even without references to it, until it is sent an exit
/// message.
[[nodiscard]] rendezvous_actor spawn_rendezvous(caf::actor_system& system, net::network& network,
                                                rendezvous_config config = {});

} // namespace devp2p
