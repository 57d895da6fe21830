// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/channel.hpp"
#include "devp2p/messages/inspect.hpp"
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

static_assert(caf::id_block::devp2p_handles::end <= caf::id_block::devp2p_remote::begin);

/// The messages between a node and a handler in another process.
namespace devp2p {

/// Byte counts of the messages that were sent to a far end, since the beginning. Each message
/// counts with its overhead (`message_cost`). A report that is late or doubled does no harm.
struct delivery {
  /// Bytes that have arrived in the other process.
  std::uint64_t arrived = 0;
  /// Bytes of these that the handler has released.
  std::uint64_t released = 0;

  friend bool operator==(const delivery&, const delivery&) = default;

  friend auto inspect(auto& f, delivery& x) {
    return inspect_fields(f, {"arrived", "released"}, x.arrived, x.released);
  }
};

/// The handler's stand-in in the node's process: the peer there takes it for the handler.
using near_end_actor = handler_actor::extend<
  // From the far end.
  reacts_to<delivery>,
  // From itself: send the messages that have gathered until now.
  reacts_to<resume_atom>>;

/// The session's stand-in in the handler's process: passes messages on to the handler.
using far_end_actor = caf::typed_actor<
  // From the near end, in order.
  reacts_to<std::vector<packet>>,
  // From the last holder of a payload: enough was released for a report.
  reacts_to<resume_atom>,
  // From itself: a report is due, however little was released.
  reacts_to<tick_atom>,
  // From itself: the handler's time to end is over.
  reacts_to<close_atom>>;

/// Spawns handlers for nodes in other processes. An exit message ends it, and its handlers with it.
using handler_host_actor = caf::typed_actor<
  // From a near end: spawn a handler for this channel; that many bytes may be under way to it.
  // Answered with its far end, or with the error that prevented it.
  replies_to<spawn_atom, channel, near_end_actor, std::uint64_t>::with<far_end_actor>>;

} // namespace devp2p

CAF_BEGIN_TYPE_ID_BLOCK(devp2p_ends, caf::id_block::devp2p_remote::end)

CAF_ADD_TYPE_ID(devp2p_ends, (devp2p::near_end_actor))
CAF_ADD_TYPE_ID(devp2p_ends, (devp2p::far_end_actor))

CAF_END_TYPE_ID_BLOCK(devp2p_ends)

static_assert(caf::id_block::devp2p_ends::end <= devp2p::first_type_id + 90);
