// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/pending_writes.hpp"
#include "devp2p/messages/route.hpp"
#include "devp2p/messages/session_counts.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace devp2p::net {
class stream;
}

/// The interfaces between the actors of a session and the node that owns them. Not for users.
namespace devp2p {

/// Has all peers of a loop ping their remotes.
using pinger_actor = caf::typed_actor<
  // From itself: it is time to look for peers that are due.
  reacts_to<tick_atom>>;

/// Receives the events of messages.
using message_observer_actor = caf::typed_actor<reacts_to<message_event>>;

/// The routes of a session, which the peer needs before handlers write. Does not leave the process.
struct routing {
  std::vector<route> routes;
  /// Receives an event for every message; may be null.
  message_observer_actor observer = {};
  /// The remote, for those events.
  node_id remote = {};
  /// Shared with the channels of the handlers.
  std::shared_ptr<devp2p::pending_writes> pending_writes = {};
  /// The peer counts in these, and the supervisor reads them.
  std::shared_ptr<session_counts> counts = {};
};

using handlers = std::vector<handler_actor>;

/// The peer's counters and times; those of `protocols` are in the order of the routes.
struct peer_counts {
  /// The fill of one protocol's window and queue, in bytes.
  struct fill {
    std::uint64_t read_window = 0;
    std::uint64_t write_queue = 0;

    friend auto inspect(auto& f, fill& x) {
      return inspect_fields(f, {"read_window", "write_queue"}, x.read_window, x.write_queue);
    }
  };

  std::vector<traffic> protocols;
  std::vector<fill> fills;
  /// The number of base messages with a reserved code.
  std::uint64_t ignored_messages = 0;
  /// The number of bytes that the session holds.
  std::uint64_t memory = 0;
  round_trip ping;

  friend auto inspect(auto& f, peer_counts& x) {
    return inspect_fields(f, {"protocols", "fills", "ignored_messages", "memory", "ping"},
                          x.protocols, x.fills, x.ignored_messages, x.memory, x.ping);
  }
};

/// The encrypted link to one remote node.
using peer_actor = writer_actor::extend<
  // From the supervisor: the remote is admitted. Send our Hello, and read the remote's.
  reacts_to<hello>,
  // From the supervisor: the shared sub-protocols. Take what their handlers write.
  reacts_to<routing>,
  // From the supervisor: the handlers, one for each route. The session runs, so read on.
  reacts_to<handlers>,
  // From the supervisor: the handler of the route with that index has failed. Messages for it are
  // discarded, and its writes are refused.
  reacts_to<detach_atom, std::uint16_t>,
  // From the supervisor: the handler that takes the failed one's place on that route.
  reacts_to<attach_atom, std::uint16_t, handler_actor>,
  // From the pinger: an interval has passed. Write a Ping, and fail if the remote was silent.
  reacts_to<ping_atom>,
  // From the supervisor: report the counters.
  replies_to<info_atom>::with<peer_counts>,
  // From the supervisor: end, and tell the remote why if it can be told.
  reacts_to<close_atom, disconnect_reason>,
  // From the supervisor: end, and send no Disconnect.
  reacts_to<close_atom>,
  // From the last holder of a payload: the read window that was full has room again.
  reacts_to<resume_atom>,
  // From a handler of the route with that index, as it ends: the number of messages that it has not
  // handled.
  reacts_to<failed_atom, std::uint16_t, std::uint64_t>,
  // From a handler of the route with that index: it has been busy with one message for too long, on
  // the thread of the loop or not.
  reacts_to<stalled_atom, std::uint16_t, bool>,
  // From itself: the deadline with that number has passed.
  reacts_to<tick_atom, std::uint64_t>>;

/// The phase of a session.
enum class session_phase : std::uint8_t {
  /// The remote's identity is unknown: no reason can be sent to it.
  handshake,
  /// Both identities are proved; Hello and admission follow.
  greeting,
  running,
  /// The reason is known; the actors of the session are ending.
  closing,
  gone,
};

/// Starts one session, supervises its actors, and ends it.
using supervisor_actor = caf::typed_actor<
  // From the peer: the handshake has proved who the remote is.
  reacts_to<node_id>,
  // From the peer: the remote's Hello.
  reacts_to<hello>,
  // From the peer: the error because of which it cannot go on.
  reacts_to<failed_atom, caf::error>,
  // From the peer: the handler at that place has stalled: its window is full and it releases no
  // byte, or it is still busy with the same message.
  reacts_to<stalled_atom, writer_place>,
  // From the peer: the handler of the route with that index has been busy with one message for too
  // long, on the thread of the loop or not.
  reacts_to<stalled_atom, std::uint16_t, bool>,
  // From the node: end, for this reason.
  reacts_to<close_atom, disconnect_reason>,
  // From the node: describe the session.
  replies_to<info_atom>::with<peer_info>,
  // From itself: the deadline to reach that phase has passed.
  reacts_to<tick_atom, session_phase>,
  // From itself: it is time to spawn the n-th handler of the route with that index.
  reacts_to<tick_atom, std::uint16_t, std::uint32_t>>;

/// The node's interface, extended for its own parts.
using node_self_actor = node_actor::extend_with<mapping_subscriber_actor>::extend<
  // From a listener, by index: these connections were accepted.
  reacts_to<accept_atom, std::size_t, std::vector<std::shared_ptr<net::stream>>>,
  // From a listener, by index: accepting has failed.
  reacts_to<accept_atom, std::size_t, caf::error>,
  // From a dial, by number: there is a connection.
  reacts_to<dial_atom, std::uint64_t, std::shared_ptr<net::stream>>,
  // From a dial, by number: there will be no connection.
  reacts_to<dial_atom, std::uint64_t, caf::error>,
  // From a supervisor, before Hello: admit this node? An error says why not.
  reacts_to<admit_atom, node_id>,
  // From a supervisor, after Hello: admit this node, and give it a slot? An error says why not.
  reacts_to<admit_atom, peer_info>,
  // From a supervisor: the handlers are spawned, so the session runs.
  reacts_to<peer_info>,
  // From a supervisor: the session is over, be it one that ran or not, so its slot is free; the
  // error is what ended it. The supervisor itself ends later.
  reacts_to<peer_dropped, caf::error>,
  // From a peer: a message was sent or received.
  reacts_to<message_event>,
  // From itself: the deadline of the dial with that number has passed.
  reacts_to<tick_atom, std::uint64_t>,
  // From itself: that node, which has dialled us, has waited long enough for our own dial with that
  // number.
  reacts_to<tick_atom, node_id, std::uint64_t>,
  // From itself: try again to accept at the listener with that index.
  reacts_to<accept_atom, std::size_t>,
  // From itself: a pending session, or the node's own end, may have had its time.
  reacts_to<resume_atom>>;

} // namespace devp2p

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::routing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::handlers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<devp2p::net::stream>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<std::shared_ptr<devp2p::net::stream>>)

// Values that do not leave the process.
CAF_BEGIN_TYPE_ID_BLOCK(devp2p_session, ::devp2p::first_type_id + 72)

CAF_ADD_TYPE_ID(devp2p_session, (devp2p::routing))
CAF_ADD_TYPE_ID(devp2p_session, (devp2p::handlers))
CAF_ADD_TYPE_ID(devp2p_session, (std::shared_ptr<devp2p::net::stream>))
CAF_ADD_TYPE_ID(devp2p_session, (std::vector<std::shared_ptr<devp2p::net::stream>>))

CAF_END_TYPE_ID_BLOCK(devp2p_session)

static_assert(caf::id_block::devp2p_local::end <= caf::id_block::devp2p_session::begin);
