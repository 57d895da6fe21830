// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/simulator/rumour_memory.hpp"

#include <caf/actor_system.hpp>
#include <caf/timespan.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace devp2p::simulator {

/// The numbers of the rumours that a remote knows.
struct rumour_numbers {
  std::vector<std::uint64_t> all;

  friend auto inspect(auto& f, rumour_numbers& x) { return inspect_fields(f, {"all"}, x.all); }
};

/// Spreads rumours between one node and its peers.
///
/// Ends when it receives an exit message, and when no reference to it is left: neither from the
/// user nor from a session of its node.
using gossip_actor = caf::typed_actor<
  // From the user: publish a rumour with this number and content.
  reacts_to<write_atom, std::uint64_t, blob>,
  // From a handler: it serves the session of this channel from now on.
  reacts_to<handler_actor, channel>,
  // From a handler: its remote has told these rumours, which are new to the node.
  reacts_to<handler_actor, std::vector<rumour>>,
  // From a handler, once: its remote knows the rumours with these numbers.
  reacts_to<handler_actor, rumour_numbers>,
  // From itself: write the messages collected so far.
  reacts_to<resume_atom>>;

/// The gossip of one node. A handle: keeps the actor alive.
struct gossip_node {
  gossip_actor actor;
  /// The rumours that the node has heard. Its sessions look here before they send the actor a
  /// message.
  std::shared_ptr<known_rumours> known;
};

/// Called once for each rumour that a node learns of, with its number and the size of its message
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

/// The protocol of gossip, `gossip/2`. A remote that sends any other message breaches it.
///
/// Code 0 is a rumour: the list of its number and its content. Code 1 is the list of the numbers
/// that the sender knows, at most once in a session. A sender that knows rumours sends the list
/// first of all. A sender that knows none sends it only after it has received the other's list. The
/// list is answered with all rumours that are not in it.
[[nodiscard]] protocol gossip_protocol(const gossip_node& node);

} // namespace devp2p::simulator

// Values that do not leave the process.
CAF_BEGIN_TYPE_ID_BLOCK(devp2p_gossip, ::devp2p::first_type_id + 96)

CAF_ADD_TYPE_ID(devp2p_gossip, (devp2p::simulator::rumour_numbers))
CAF_ADD_TYPE_ID(devp2p_gossip, (std::vector<devp2p::simulator::rumour>))

CAF_END_TYPE_ID_BLOCK(devp2p_gossip)

static_assert(caf::id_block::devp2p_gossip::end <= devp2p::end_type_id);
