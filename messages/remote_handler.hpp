// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/channel.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <cstdint>
#include <vector>

namespace devp2p {

struct delivery;

} // namespace devp2p

CAF_BEGIN_TYPE_ID_BLOCK(devp2p_remote, ::devp2p::first_type_id + 80)

CAF_ADD_TYPE_ID(devp2p_remote, (devp2p::delivery))

CAF_ADD_ATOM(devp2p_remote, devp2p, spawn_atom, "spawn")

CAF_END_TYPE_ID_BLOCK(devp2p_remote)

static_assert(caf::id_block::devp2p::end <= caf::id_block::devp2p_remote::begin);
static_assert(caf::id_block::devp2p_remote::end <= devp2p::end_type_id);

/// A handler in another process: which words go between the two.
namespace devp2p {

/// What has become of the messages that a far end was sent, all since the beginning, in octets;
/// each counts with its overhead (`message_cost`). So no report that is late or doubled does any
/// harm.
struct delivery {
  /// Have arrived in the other process.
  std::uint64_t arrived = 0;
  /// Of these, the handler has let go of.
  std::uint64_t released = 0;

  friend bool operator==(const delivery&, const delivery&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, delivery& x) {
    return f(x.arrived, x.released);
  }
};

/// The handler's end in the node's process: what the peer there takes for the handler.
using near_end_actor = handler_actor::extend<
  // From the far end.
  caf::reacts_to<delivery>,
  // From itself: what has come together until now may go.
  caf::reacts_to<resume_atom>>;

/// The same in the handler's process: what the handler gets, it gets from here.
using far_end_actor = caf::typed_actor<
  // From the near end, in order.
  caf::reacts_to<std::vector<packet>>,
  // From the last holder of a payload: so much was released that it is time to report.
  caf::reacts_to<resume_atom>,
  // From itself: it is time to report, however little it is.
  caf::reacts_to<tick_atom>,
  // From itself: the handler has had time enough to end.
  caf::reacts_to<close_atom>>;

/// Spawns handlers for nodes in other processes. Ends when it is sent an exit message, and its
/// handlers with it.
using handler_host_actor = caf::typed_actor<
  // From a near end: a handler for this channel; that many octets may be under way to it. Answered
  // with its far end, or with what prevented it.
  caf::replies_to<spawn_atom, channel, near_end_actor, std::uint64_t>::with<far_end_actor>>;

} // namespace devp2p
