// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/events.hpp"
#include "devp2p/messages/hole.hpp"
#include "devp2p/messages/mapping.hpp"
#include "devp2p/messages/packet.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace devp2p::net {
class stream;
}

/// The actors' interfaces: which actor sends which message to which. Read this file first.
namespace devp2p {

/// A sub-protocol's handler: the user's code. One is spawned for each session that shares the
/// protocol. When it ends, its session ends, unless the protocol's `supervision` says otherwise.
using handler_actor = caf::typed_actor<
  // From the peer: the remote's message.
  caf::reacts_to<packet>>;

/// Receives the events of a node.
using subscriber_actor =
  caf::typed_actor<caf::reacts_to<peer_added>, caf::reacts_to<peer_dropped>,
                   caf::reacts_to<session_failed>, caf::reacts_to<message_event>>;

/// Keeps one peer alive.
using pinger_actor = caf::typed_actor<
  // From the peer: the Pong has come; the time since its Ping.
  caf::reacts_to<pong_atom, caf::timespan>,
  // From itself: an interval has passed.
  caf::reacts_to<tick_atom>>;

/// The writing side of the link that a handler shares with other handlers; used through a
/// `channel`.
using writer_actor = caf::typed_actor<
  // From the n-th handler (counted from 0) of the sub-protocol with that index: write this message.
  // A `request` is answered once the message was handed to the network, or with an error; a plain
  // `send` only with an error.
  caf::reacts_to<write_atom, std::uint16_t, std::uint32_t, packet>,
  // From the same handler: write these messages, in order. If one is refused, so are all after it.
  caf::reacts_to<write_atom, std::uint16_t, std::uint32_t, std::vector<packet>>>;

/// One sub-protocol's place on the link.
struct route {
  capability protocol;
  /// The first message identifier; the last one is `offset + length - 1`.
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  /// The largest payload, in bytes.
  std::size_t max_message_size = 0;
};

/// The routes of a session, which the peer needs before handlers write. Does not leave the process.
struct routing {
  std::vector<route> routes;
  /// Receives an event for every message; may be null.
  caf::typed_actor<caf::reacts_to<message_event>> observer;
};

using handlers = std::vector<handler_actor>;

/// The peer's counters; those of `protocols` are in the order of the routes.
struct peer_counts {
  std::vector<traffic> protocols;
  /// The number of base messages with a reserved code.
  std::uint64_t ignored_messages = 0;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, peer_counts& x) {
    return f(x.protocols, x.ignored_messages);
  }
};

/// The encrypted link to one remote node.
using peer_actor = writer_actor::extend<
  // From the supervisor: the remote is admitted. Send our Hello, and read the remote's.
  caf::reacts_to<hello>,
  // From the supervisor: the shared sub-protocols. Take what their handlers write.
  caf::reacts_to<routing>,
  // From the supervisor: the handlers, one for each route. The session runs, so read on.
  caf::reacts_to<handlers>,
  // From the supervisor: the handler of the route with that index has failed. Messages for it are
  // discarded, and its writes are refused.
  caf::reacts_to<route_atom, std::uint16_t>,
  // From the supervisor: the handler that takes the failed one's place on that route.
  caf::reacts_to<route_atom, std::uint16_t, handler_actor>,
  // From the pinger: write a Ping; the Pong goes to that pinger. Answered with the number of frames
  // received so far.
  caf::replies_to<ping_atom, pinger_actor>::with<std::uint64_t>,
  // From the supervisor: report the counters.
  caf::replies_to<info_atom>::with<peer_counts>,
  // From the supervisor: end, and tell the remote why if it can be told.
  caf::reacts_to<close_atom, disconnect_reason>,
  // From the supervisor: end, and send no Disconnect.
  caf::reacts_to<close_atom>,
  // From the last holder of a payload: the read window that was full has room again.
  caf::reacts_to<resume_atom>,
  // From a handler of the route with that index, as it ends: the number of messages that it has not
  // handled.
  caf::reacts_to<failed_atom, std::uint16_t, std::uint64_t>,
  // From itself: the deadline with that number has passed.
  caf::reacts_to<tick_atom, std::uint64_t>>;

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
  caf::reacts_to<node_id>,
  // From the peer: the remote's Hello.
  caf::reacts_to<hello>,
  // From the peer: the error because of which it cannot go on.
  caf::reacts_to<failed_atom, caf::error>,
  // From the peer: the n-th handler (counted from 0) of the route with that index has stalled: its
  // window is full and it releases no byte.
  caf::reacts_to<failed_atom, std::uint16_t, std::uint32_t>,
  // From the pinger: the round-trip times after the last Pong.
  caf::reacts_to<round_trip>,
  // From the node: end, for this reason.
  caf::reacts_to<close_atom, disconnect_reason>,
  // From the node: describe the session.
  caf::replies_to<info_atom>::with<peer_info>,
  // From itself: the deadline to reach that phase has passed.
  caf::reacts_to<tick_atom, session_phase>,
  // From itself: it is time to spawn the n-th handler of the route with that index.
  caf::reacts_to<tick_atom, std::uint16_t, std::uint32_t>>;

/// Receives the events of the ports that a mapper keeps open.
using mapping_subscriber_actor =
  caf::typed_actor<caf::reacts_to<port_mapped>, caf::reacts_to<port_renewed>,
                   caf::reacts_to<port_lost>, caf::reacts_to<external_changed>,
                   caf::reacts_to<mapping_failed>>;

/// A connection that two nodes have dialled at the same time. Copies share the connection; the
/// first `take` gets it, and the copies that are left keep no connection open. Does not leave the
/// process.
class punched_stream {
public:
  punched_stream() = default;
  punched_stream(std::shared_ptr<net::stream> connection, bool initiator)
    : connection_(std::make_shared<std::shared_ptr<net::stream>>(std::move(connection))),
      initiator_(initiator) {}

  /// Returns the connection, or null if it was taken already. Not for two threads at once.
  [[nodiscard]] std::shared_ptr<net::stream> take() const {
    return connection_ ? std::exchange(*connection_, nullptr) : nullptr;
  }

  /// Returns whether this end is the RLPx initiator, which is the node with the smaller id.
  [[nodiscard]] bool initiator() const { return initiator_; }

private:
  std::shared_ptr<std::shared_ptr<net::stream>> connection_;
  bool initiator_ = false;
};

/// A node: listens, dials, admits, limits and reports sessions. An exit message ends it: every
/// remote is told `client_quitting`, and all sessions end first.
using node_actor = caf::typed_actor<
  // Listen at this endpoint. Answered with our URL there.
  caf::replies_to<listen_atom, endpoint>::with<enode>,
  // Dial this node. Answered when the session runs, or with the error that prevented it.
  caf::replies_to<dial_atom, enode>::with<peer_info>,
  // Run a session with that node on a connection that a puncher has opened. Answered as a dial is.
  // From the same process only.
  caf::replies_to<dial_atom, node_id, punched_stream>::with<peer_info>,
  // End the session with that node, for this reason. Answered when its slot is free.
  caf::reacts_to<close_atom, node_id, disconnect_reason>,
  // Describe all sessions that run.
  caf::replies_to<peers_atom>::with<std::vector<peer_info>>,
  // Describe the node itself.
  caf::replies_to<info_atom>::with<node_info>,
  // Send this actor the node's events from now on, as long as it lives.
  caf::reacts_to<subscribe_atom, subscriber_actor>,
  // Send this actor the events of the ports that we listen at, where a gateway maps them.
  caf::reacts_to<subscribe_atom, mapping_subscriber_actor>>;

/// The node's interface, extended for its own parts.
using node_core_actor = node_actor::extend_with<mapping_subscriber_actor>::extend<
  // From a listener, by index: a connection was accepted.
  caf::reacts_to<accept_atom, std::size_t, std::shared_ptr<net::stream>>,
  // From a listener, by index: accepting has failed.
  caf::reacts_to<accept_atom, std::size_t, caf::error>,
  // From a dial, by number: there is a connection.
  caf::reacts_to<dial_atom, std::uint64_t, std::shared_ptr<net::stream>>,
  // From a dial, by number: there will be no connection.
  caf::reacts_to<dial_atom, std::uint64_t, caf::error>,
  // From a supervisor, before Hello: admit this node? An error says why not.
  caf::reacts_to<admit_atom, node_id>,
  // From a supervisor, after Hello: admit this node, and give it a slot? An error says why not.
  caf::reacts_to<admit_atom, peer_info>,
  // From a supervisor: the handlers are spawned, so the session runs.
  caf::reacts_to<peer_info>,
  // From a supervisor: the session is over, so its slot is free; the error is what ended it. The
  // supervisor itself ends later.
  caf::reacts_to<session_end, caf::error>,
  // From a peer: a message was sent or received.
  caf::reacts_to<message_event>,
  // From itself: the deadline of the dial with that number has passed.
  caf::reacts_to<tick_atom, std::uint64_t>,
  // From itself: that node, which has dialled us, has waited long enough for our own dial with that
  // number.
  caf::reacts_to<tick_atom, node_id, std::uint64_t>,
  // From itself: try again to accept at the listener with that index.
  caf::reacts_to<accept_atom, std::size_t>,
  // From itself: a pending session, or the node's own end, may have had its time.
  caf::reacts_to<resume_atom>>;

/// One gateway, which handles one request after the other. Each request ends within seconds, with
/// an error if the gateway does not answer.
using gateway_actor = caf::typed_actor<
  // From the mapper: look for the gateway. Answered with its name for people.
  caf::replies_to<find_atom>::with<std::string>,
  // From the mapper: map this port, or renew its mapping, for that lifetime; the external port is a
  // wish. Answered with the mapping that was granted.
  caf::replies_to<map_atom, port_mapping>::with<port_mapping>,
  // From the mapper: remove this mapping.
  caf::replies_to<unmap_atom, port_mapping>::with<void>>;

/// Keeps ports of this host reachable from outside. An exit message ends it, once it has removed
/// its mappings from its gateway.
using mapper_actor = caf::typed_actor<
  // Keep this port reachable from now on.
  caf::reacts_to<map_atom, local_port>,
  // Keep this port reachable no more.
  caf::reacts_to<unmap_atom, local_port>,
  // List the mappings of the ports that can be reached now.
  caf::replies_to<info_atom>::with<std::vector<port_mapping>>,
  // Send this actor the events of the ports from now on, as long as it lives.
  caf::reacts_to<subscribe_atom, mapping_subscriber_actor>>;

/// The mapper's interface, extended for its own parts.
using mapper_core_actor = mapper_actor::extend<
  // From the router watch: the router announces that it has restarted, or that its external address
  // has changed. From a gateway: its mappings are lost.
  caf::reacts_to<router_atom>,
  // From itself: map that port, or renew its mapping. A tick whose number is outdated is ignored.
  caf::reacts_to<tick_atom, local_port, std::uint64_t>,
  // From itself: look for a gateway again. A number that is outdated is ignored.
  caf::reacts_to<find_atom, std::uint64_t>,
  // From itself: the router's announcements count again.
  caf::reacts_to<resume_atom>,
  // From itself: removing the mappings has taken too long.
  caf::reacts_to<close_atom>>;

/// Receives the events of the holes that a puncher keeps open.
using hole_subscriber_actor = caf::typed_actor<caf::reacts_to<hole_lost>>;

/// Opens paths to nodes that are behind NATs, as we are. A rendezvous that both nodes know
/// introduces the two. The other node has to be told the same, by whatever means, at about the same
/// time. An exit message ends the puncher.
using puncher_actor = caf::typed_actor<
  // Open a UDP path to that node. Answered once it is open at both ends; it is then kept open. A
  // caller that asks again is answered with the same hole, open or on its way.
  caf::replies_to<punch_atom, node_id>::with<hole>,
  // Open a TCP connection to that node. Answered once an answer has come over it that only that
  // node can make.
  caf::replies_to<dial_atom, node_id>::with<punched_stream>,
  // Keep the hole to that node open no more, or give up punching it. Its port is then free for a
  // caller that goes on using the hole itself.
  caf::reacts_to<close_atom, node_id>,
  // List the nodes to which holes are open or being punched.
  caf::replies_to<info_atom>::with<std::vector<node_id>>,
  // Send this actor the holes that are lost from now on, as long as it lives.
  caf::reacts_to<subscribe_atom, hole_subscriber_actor>>;

/// The puncher's interface, extended for its own parts.
using puncher_core_actor = puncher_actor::extend<
  // From the keeper of that hole, which is over.
  caf::reacts_to<hole_lost>>;

/// Punches one hole, and keeps it open.
using hole_keeper_actor = caf::typed_actor<
  // From the puncher, which delegates its caller's request.
  caf::replies_to<punch_atom>::with<hole>,
  // From itself: do what is due.
  caf::reacts_to<tick_atom>>;

/// Dials one node at the same time as that node dials this one.
using mutual_dialer_actor = caf::typed_actor<
  // From the puncher, which delegates its caller's request.
  caf::replies_to<dial_atom>::with<punched_stream>,
  // From itself: do what is due.
  caf::reacts_to<tick_atom>>;

/// Introduces nodes behind NATs to each other, by UDP and by TCP. An exit message ends it.
using rendezvous_actor = caf::typed_actor<
  // Listen at these two endpoints, which should have different addresses (port 0 lets the system
  // choose). Answered with the endpoints.
  caf::replies_to<listen_atom, endpoint, endpoint>::with<endpoint, endpoint>,
  // Report the number of pairs, or halves of pairs, that it remembers.
  caf::replies_to<info_atom>::with<std::size_t>>;

/// One TCP connection of a rendezvous.
using rendezvous_guest_actor = caf::typed_actor<
  // From the rendezvous: the answer to write, or an empty blob if there is none.
  caf::reacts_to<blob>,
  // From itself: look whether the connection is still in use.
  caf::reacts_to<tick_atom>>;

/// The interface of the rendezvous, extended for its own parts.
using rendezvous_core_actor = rendezvous_actor::extend<
  // From itself: forget the pairs whose time is over.
  caf::reacts_to<tick_atom>,
  // From a listener, by index: a connection was accepted.
  caf::reacts_to<accept_atom, std::size_t, std::shared_ptr<net::stream>>,
  // From a listener, by index: accepting has failed.
  caf::reacts_to<accept_atom, std::size_t, caf::error>,
  // From itself: try again to accept at the listener with that index.
  caf::reacts_to<accept_atom, std::size_t>,
  // From a guest of the listener with that index: a question, and the endpoint that it came from.
  caf::reacts_to<ask_atom, rendezvous_guest_actor, std::size_t, endpoint, blob>>;

} // namespace devp2p

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::punched_stream)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::routing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::handlers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<devp2p::net::stream>)
