// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>

namespace devp2p::kit {

/// What one node knows of what everybody tells everybody.
///
/// Ends when it is sent an exit message, and when nobody refers to it: neither the user nor a
/// session of its node.
using gossip_actor = caf::typed_actor<
  // From the user: this is news.
  caf::reacts_to<write_atom, std::uint64_t, blob>,
  // From a handler: it serves this session from now on.
  caf::reacts_to<handler_actor, channel>,
  // From a handler: a remote has told it this.
  caf::reacts_to<handler_actor, std::uint64_t, packet>>;

/// Is told the number of each rumour that a node hears, once, and how large it is.
using rumour_heard = std::function<void(std::uint64_t rumour, std::size_t size)>;

/// How many rumours a node remembers; who hears more forgets the oldest, and may tell it again.
inline constexpr std::size_t max_known_rumours = 65536;

/// Epidemic broadcast by flooding (Demers et al. 1987, "Epidemic Algorithms for Replicated Database
/// Maintenance", section 1.3): a node that hears a rumour for the first time tells it to all its
/// peers but the one that told it.
[[nodiscard]] gossip_actor spawn_gossip(caf::actor_system& system, rumour_heard heard);

/// The protocol by which it talks: `gossip/1`, whose only message is the list of the rumour's
/// number and its content. A remote that sends anything else breaches the protocol.
[[nodiscard]] protocol gossip_protocol(const gossip_actor& node);

} // namespace devp2p::kit
