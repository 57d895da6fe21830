// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/session.hpp"

/// The interfaces between the parts of the mapper, the puncher and the rendezvous. Not for users.
namespace devp2p {

/// One gateway, which handles one request after the other. Each request ends within seconds, with
/// an error if the gateway does not answer.
using gateway_actor = caf::typed_actor<
  // From the mapper: look for the gateway. Answered with its name for people.
  replies_to<find_atom>::with<std::string>,
  // From the mapper: map this port, or renew its mapping, for that lifetime; the external port is a
  // wish. Answered with the mapping that was granted.
  replies_to<map_atom, port_mapping>::with<port_mapping>,
  // From the mapper: remove this mapping.
  replies_to<unmap_atom, port_mapping>::with<void>>;

/// The mapper's interface, extended for its own parts.
using mapper_self_actor = mapper_actor::extend<
  // From the router watch: the router announces that it has restarted, or that its external address
  // has changed. From a gateway: its mappings are lost.
  reacts_to<router_atom>,
  // From itself: map that port, or renew its mapping. A tick whose number is outdated is ignored.
  reacts_to<tick_atom, local_port, std::uint64_t>,
  // From itself: look for a gateway again. A number that is outdated is ignored.
  reacts_to<find_atom, std::uint64_t>,
  // From itself: the router's announcements count again.
  reacts_to<resume_atom>,
  // From itself: removing the mappings has taken too long.
  reacts_to<close_atom>>;

/// The puncher's interface, extended for its own parts.
using puncher_self_actor = puncher_actor::extend<
  // From the keeper of that hole, which is over.
  reacts_to<hole_lost>>;

/// Punches one hole, and keeps it open.
using hole_keeper_actor = caf::typed_actor<
  // From the puncher, which delegates its caller's request.
  replies_to<punch_atom>::with<hole>,
  // From itself: do what is due.
  reacts_to<tick_atom>>;

/// Dials one node at the same time as that node dials this one.
using simultaneous_open_actor = caf::typed_actor<
  // From the puncher, which delegates its caller's request.
  replies_to<dial_atom>::with<connected_stream>,
  // From itself: do what is due.
  reacts_to<tick_atom>>;

/// One TCP connection of a rendezvous.
using rendezvous_guest_actor = caf::typed_actor<
  // From the rendezvous: the answer to write, or an empty blob if there is none.
  reacts_to<blob>,
  // From itself: look whether the connection is still in use.
  reacts_to<tick_atom>>;

/// The interface of the rendezvous, extended for its own parts.
using rendezvous_self_actor = rendezvous_actor::extend<
  // From itself: forget the pairs whose time is over.
  reacts_to<tick_atom>,
  // From a listener, by index: these connections were accepted.
  reacts_to<accept_atom, std::size_t, std::vector<std::shared_ptr<net::stream>>>,
  // From a listener, by index: accepting has failed.
  reacts_to<accept_atom, std::size_t, caf::error>,
  // From itself: try again to accept at the listener with that index.
  reacts_to<accept_atom, std::size_t>,
  // From a guest of the listener with that index: a question, and the endpoint that it came from.
  reacts_to<ask_atom, rendezvous_guest_actor, std::size_t, endpoint, blob>>;

} // namespace devp2p

// Values that do not leave the process.
CAF_BEGIN_TYPE_ID_BLOCK(devp2p_traversal, ::devp2p::first_type_id + 90)

CAF_ADD_TYPE_ID(devp2p_traversal, (devp2p::rendezvous_guest_actor))

CAF_END_TYPE_ID_BLOCK(devp2p_traversal)

static_assert(caf::id_block::devp2p_session::end <= caf::id_block::devp2p_traversal::begin);
static_assert(caf::id_block::devp2p_traversal::end <= devp2p::end_type_id);
