// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/ban.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/connected_stream.hpp"
#include "devp2p/messages/events.hpp"
#include "devp2p/messages/hole.hpp"
#include "devp2p/messages/mapping_events.hpp"
#include "devp2p/messages/node_limits.hpp"
#include "devp2p/messages/packet.hpp"
#include "devp2p/messages/stranger.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/messages/writer_place.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

/// The interfaces of the actors that users spawn, write or talk to: which actor takes which
/// message. Read this file first.
namespace devp2p {

/// A sub-protocol's handler: the user's code. One is spawned for each session that shares the
/// protocol. When it ends, its session ends, unless the protocol's `supervision` says otherwise.
using handler_actor = caf::typed_actor<
  // From the peer: the remote's message.
  reacts_to<packet>>;

/// Receives the events of a node.
using subscriber_actor = caf::typed_actor<reacts_to<peer_added>, reacts_to<peer_dropped>,
                                          reacts_to<session_failed>, reacts_to<message_event>>;

/// Receives the events of the ports that a mapper keeps open.
using mapping_subscriber_actor =
  caf::typed_actor<reacts_to<port_mapped>, reacts_to<port_renewed>, reacts_to<port_lost>,
                   reacts_to<external_changed>, reacts_to<mapping_failed>>;

/// The writing side of the link that a handler shares with other handlers; used through a
/// `channel`.
using writer_actor = caf::typed_actor<
  // From the handler at that place: write this message. A `request` is answered once the message
  // was handed to the network, or with an error; a plain `send` only with an error.
  reacts_to<write_atom, writer_place, packet>,
  // From the same handler: write these messages, in order. If one is refused, so are all after it.
  reacts_to<write_atom, writer_place, std::vector<packet>>>;

/// Decides which strangers a node admits: the user's code, given to the node as
/// `node_config::admission`. It may live in another process.
using admission_actor = caf::typed_actor<
  // From the node, once for each stranger, before it is sent our Hello: admit it?
  replies_to<admit_atom, stranger>::with<verdict>>;

/// A node: listens, dials, admits, limits and reports sessions. An exit message ends it: every
/// remote is told `client_quitting`, and all sessions end first.
using node_actor = caf::typed_actor<
  // Listen at this endpoint. Answered with our URL there.
  replies_to<listen_atom, endpoint>::with<enode>,
  // Dial this node. Answered when the session runs, or with the error that prevented it.
  replies_to<dial_atom, enode>::with<peer_info>,
  // Run a session with that node on a connection that somebody else has opened, such as a puncher.
  // Answered as a dial is. From the same process only.
  replies_to<adopt_atom, node_id, connected_stream>::with<peer_info>,
  // End the session with that node, for this reason. Answered when its slot is free.
  replies_to<close_atom, node_id, disconnect_reason>::with<void>,
  // Describe all sessions that run.
  replies_to<peers_atom>::with<std::vector<peer_info>>,
  // Describe the node itself.
  replies_to<info_atom>::with<node_info>,
  // Keep this node, address or network out: no session with it, in either direction, until the end
  // of the ban. Sessions and dials that there are end with `errc::banned`. A ban of an address ends
  // no session with a trusted node and prevents no dial of ours to one. Answered when the ban is in
  // force, or with `errc::node_is_trusted`, `errc::list_full` (see `ban_list`) or `ban::fault`.
  replies_to<ban_atom, ban>::with<void>,
  // Lift the ban of exactly this subject; the answer is `errc::no_such_ban` if there is none.
  replies_to<unban_atom, ban_subject>::with<void>,
  // List the bans, each with the time that is left.
  replies_to<bans_atom>::with<std::vector<ban>>,
  // Trust this node from now on, as if `node_config::trusted` had named it. A ban of it has no
  // effect as long as it is trusted. Answered with `errc::list_full` if too many nodes are trusted.
  replies_to<trust_atom, node_id>::with<void>,
  // Trust this node no longer. A session with it ends if it is banned.
  // Answered with `errc::node_not_trusted` if it was not.
  replies_to<untrust_atom, node_id>::with<void>,
  // Change those limits of the node that are not `unchanged`. Answered with all that now hold.
  replies_to<limits_atom, node_limits>::with<node_limits>,
  // Send this actor the node's events from now on, as long as it lives.
  reacts_to<subscribe_atom, subscriber_actor>,
  // Send this actor the events of the ports that we listen at, where a gateway maps them.
  reacts_to<subscribe_atom, mapping_subscriber_actor>>;

/// Keeps ports of this host reachable from outside. An exit message ends it, once it has removed
/// its mappings from its gateway.
using mapper_actor = caf::typed_actor<
  // Keep this port reachable from now on.
  reacts_to<map_atom, local_port>,
  // Keep this port reachable no more.
  reacts_to<unmap_atom, local_port>,
  // List the mappings of the ports that can be reached now.
  replies_to<info_atom>::with<std::vector<port_mapping>>,
  // Send this actor the events of the ports from now on, as long as it lives.
  reacts_to<subscribe_atom, mapping_subscriber_actor>>;

/// Receives the events of the holes that a puncher keeps open.
using hole_subscriber_actor = caf::typed_actor<reacts_to<hole_lost>>;

/// Opens paths to nodes that are behind NATs, as we are. A rendezvous that both nodes know
/// introduces the two. The other node has to be told the same, by whatever means, at about the same
/// time. An exit message ends the puncher.
using puncher_actor = caf::typed_actor<
  // Open a UDP path to that node. Answered once it is open at both ends; it is then kept open. A
  // caller that asks again is answered with the same hole, open or on its way.
  replies_to<punch_atom, node_id>::with<hole>,
  // Open a TCP connection to that node. Answered once an answer has come over it that only that
  // node can make.
  replies_to<dial_atom, node_id>::with<connected_stream>,
  // Keep the hole to that node open no more, or give up punching it. Its port is then free for a
  // caller that goes on using the hole itself.
  reacts_to<close_atom, node_id>,
  // List the nodes to which holes are open or being punched.
  replies_to<info_atom>::with<std::vector<node_id>>,
  // Send this actor the holes that are lost from now on, as long as it lives.
  reacts_to<subscribe_atom, hole_subscriber_actor>>;

/// Introduces nodes behind NATs to each other, by UDP and by TCP. An exit message ends it.
using rendezvous_actor = caf::typed_actor<
  // Listen at these two endpoints, which should have different addresses (port 0 lets the system
  // choose). Answered with the endpoints.
  replies_to<listen_atom, endpoint, endpoint>::with<endpoint, endpoint>,
  // Report the number of pairs, or halves of pairs, that it remembers.
  replies_to<info_atom>::with<std::size_t>>;

} // namespace devp2p

// Handles in messages to other processes.
CAF_BEGIN_TYPE_ID_BLOCK(devp2p_handles, ::devp2p::first_type_id + 64)

CAF_ADD_TYPE_ID(devp2p_handles, (devp2p::subscriber_actor))
CAF_ADD_TYPE_ID(devp2p_handles, (devp2p::mapping_subscriber_actor))
CAF_ADD_TYPE_ID(devp2p_handles, (devp2p::hole_subscriber_actor))
CAF_ADD_TYPE_ID(devp2p_handles, (devp2p::writer_actor))

CAF_END_TYPE_ID_BLOCK(devp2p_handles)

// Values that do not leave the process.
CAF_BEGIN_TYPE_ID_BLOCK(devp2p_local, caf::id_block::devp2p_handles::end)

CAF_ADD_TYPE_ID(devp2p_local, (devp2p::handler_actor))
CAF_ADD_TYPE_ID(devp2p_local, (devp2p::connected_stream))

CAF_END_TYPE_ID_BLOCK(devp2p_local)

static_assert(caf::id_block::devp2p::end <= caf::id_block::devp2p_handles::begin);
