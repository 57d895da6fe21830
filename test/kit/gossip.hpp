// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/kit/rumour_memory.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/timespan.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

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
  // From a handler: a remote has told it these, and they are news.
  caf::reacts_to<handler_actor, std::vector<rumour>>,
  // From a handler, once: the remote knows these.
  caf::reacts_to<handler_actor, std::vector<std::uint64_t>>,
  // From itself: what has come together until now may go.
  caf::reacts_to<resume_atom>>;

/// Who gossips at one node. A handle: keeps the actor alive.
struct gossip_node {
  gossip_actor actor;
  /// What it has heard; its sessions look there before they bother it.
  std::shared_ptr<known_rumours> known;
};

/// Is told the number of each rumour that a node hears, once, and how large it is.
using rumour_heard = std::function<void(std::uint64_t rumour, std::size_t size)>;

/// Mistakes that can be made on purpose, to see how they are found.
enum class gossip_defect : std::uint8_t {
  none,
  /// Who had a session with the same remote that ended less than `quick_reconnect_time` ago says
  /// neither what it knows nor what the remote lacks: what was new meanwhile may be lost.
  quick_reconnect,
};
inline constexpr caf::timespan quick_reconnect_time = std::chrono::seconds{5};

/// Epidemic broadcast (Demers et al. 1987, "Epidemic Algorithms for Replicated Database
/// Maintenance"): a node that hears a rumour for the first time tells it to all its peers but the
/// one that told it; and when a session begins, both ends tell each other what they lack. What the
/// write queue of a session has no room for (`settings::max_write_queue`), its remote does not hear
/// before their next session.
[[nodiscard]] gossip_node spawn_gossip(caf::actor_system& system, rumour_heard heard,
                                       gossip_defect defect = gossip_defect::none);

/// The protocol by which it talks: `gossip/2`. A remote that sends anything else breaches it.
///
/// Code 0 is a rumour: the list of its number and its content. Code 1 is the list of the numbers
/// that the sender knows, at most once in a session: first of all, unless it knows none; then not
/// before it has got the other's. It is answered with all rumours that are not in it.
[[nodiscard]] protocol gossip_protocol(const gossip_node& node);

} // namespace devp2p::kit
