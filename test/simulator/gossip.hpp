// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/actors/typed/member_events.hpp"
#include "devp2p/actors/typed/members.hpp"
#include "devp2p/actors/typed/typed_protocol.hpp"
#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/simulator/gossip_messages.hpp"
#include "devp2p/simulator/rumour_memory.hpp"

#include <caf/actor_system.hpp>
#include <caf/timespan.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace devp2p::simulator {

/// The protocol of gossip. A sender that knows rumours sends their numbers first of all. A sender
/// that knows none sends them only after it has received the other's. Numbers come at most once in
/// a session, and are answered with all rumours that are not among them.
using gossip = typed_protocol<"gossip", 2, message<0, rumour>, message<1, rumour_numbers>>;

/// Spreads rumours between one node and its peers.
///
/// Ends when it receives an exit message, and when no reference to it is left: neither from the
/// user nor from a session of its node.
using gossip_actor = member_subscriber_actor::extend<
  // From the user: publish a rumour with this number and content.
  reacts_to<write_atom, std::uint64_t, blob>,
  // From a session: this remote has told these rumours, which are new to the node.
  reacts_to<node_id, std::vector<rumour>>,
  // From a session, once: this remote knows the rumours with these numbers.
  reacts_to<node_id, rumour_numbers>,
  // From itself: write the messages collected so far.
  reacts_to<resume_atom>>;

/// The gossip of one node. A handle: keeps the actor alive.
struct gossip_node {
  gossip_actor actor;
  /// The rumours that the node has heard. Its sessions look here before they send the actor a
  /// message.
  std::shared_ptr<known_rumours> known;
  members<gossip> peers;
};

/// Called once for each rumour that a node learns of, with its number and the size of its content
/// in bytes.
using rumour_heard = std::function<void(std::uint64_t rumour, std::size_t size)>;

/// Defects that can be planted, to see how the checks find them.
enum class gossip_defect : std::uint8_t {
  none,
  /// If its last session with a remote ended less than `quick_reconnect_time` ago, a node tells
  /// that remote neither the numbers that it knows nor the rumours that the remote lacks. Rumours
  /// that came up between the sessions may be lost.
  quick_reconnect,
};
inline constexpr caf::timespan quick_reconnect_time = std::chrono::seconds{5};

/// Spawns the gossip of a node: epidemic broadcast (Demers et al. 1987, "Epidemic Algorithms for
/// Replicated Database Maintenance"). A node that hears a rumour for the first time tells it to all
/// its peers except the one that told it. When a session begins, both ends tell each other the
/// rumours that the other lacks. A rumour for which a session's write queue
/// (`settings::max_write_queue`) has no room reaches that remote only in their next session.
[[nodiscard]] gossip_node spawn_gossip(caf::actor_system& system, rumour_heard heard,
                                       gossip_defect defect = gossip_defect::none);

/// Returns the protocol with which that node gossips.
[[nodiscard]] protocol gossip_protocol(const gossip_node& node);

} // namespace devp2p::simulator
