// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"
#include "devp2p/nat/rendezvous.hpp"
#include "devp2p/net/network.hpp"
#include "devp2p/net/random_source.hpp"

#include <caf/actor_system.hpp>

namespace devp2p {

struct rendezvous_config {
  nat::rendezvous_limits limits = {};
  /// TCP connections at a time, and of one address. When there are as many, the network (/24, /48)
  /// that has most of them gives up the oldest for a network that has fewer, and inside a network
  /// the address for an address; others are refused.
  std::size_t max_guests = 256;
  std::size_t max_guests_per_address = 32;
  /// The system's generator unless a test wants another, which must outlive the rendezvous.
  net::random_source* random = nullptr;
};

/// Spawns a rendezvous; what it understands is said at `rendezvous_actor`, how it is kept from
/// being abused at `nat::rendezvous`.
///
/// It is nowhere until it is told where to be. `network` and `config.random` must outlive `system`.
/// The rendezvous lives, even if nobody refers to it, until it is sent an exit message.
[[nodiscard]] rendezvous_actor spawn_rendezvous(caf::actor_system& system, net::network& network,
                                                rendezvous_config config = {});

} // namespace devp2p
