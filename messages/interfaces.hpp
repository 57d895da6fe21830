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

/// Who talks to whom, and with which words. Who has read this file knows the system.
namespace devp2p {

/// A sub-protocol's handler: the user's code. One is spawned for each session that shares the
/// protocol; when it ends, its session ends.
using handler_actor = caf::typed_actor<
  // From the peer: the remote's message.
  caf::reacts_to<packet>>;

/// Whoever wants to know what happens at a node.
using subscriber_actor =
  caf::typed_actor<caf::reacts_to<peer_added>, caf::reacts_to<peer_dropped>,
                   caf::reacts_to<session_failed>, caf::reacts_to<message_event>>;

/// Keeps one peer alive.
using pinger_actor = caf::typed_actor<
  // From the peer: the Pong came, so long after its Ping.
  caf::reacts_to<pong_atom, caf::timespan>,
  // From itself: an interval has passed.
  caf::reacts_to<tick_atom>>;

/// What a handler sees of the link that it shares with other handlers; used through a `channel`.
using writer_actor = caf::typed_actor<
  // From the n-th handler (counted from 0) of the sub-protocol with that index: write this message.
  // A `request` is answered once the message was handed to the network, or with an error; a plain
  // `send` only with an error.
  caf::reacts_to<write_atom, std::uint16_t, std::uint32_t, packet>,
  // The same: write these, in order. If one is refused, so are all behind it.
  caf::reacts_to<write_atom, std::uint16_t, std::uint32_t, std::vector<packet>>>;

/// One sub-protocol's place on the link.
struct route {
  capability protocol;
  /// Its messages have the identifiers from `offset` to `offset + length - 1`.
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  /// Octets of payload.
  std::size_t max_message_size = 0;
};

/// What the peer needs to know before handlers write. Does not leave the process.
struct routing {
  std::vector<route> routes;
  /// Is told of every message, if there is one.
  caf::typed_actor<caf::reacts_to<message_event>> observer;
};

using handlers = std::vector<handler_actor>;

/// What the peer has counted, by the sub-protocol's index.
struct peer_counts {
  std::vector<traffic> protocols;
  /// Base messages with a reserved code.
  std::uint64_t ignored_messages = 0;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, peer_counts& x) {
    return f(x.protocols, x.ignored_messages);
  }
};

/// The encrypted link to one remote node.
using peer_actor = writer_actor::extend<
  // From the supervisor: the remote is welcome, so send our Hello and read its own.
  caf::reacts_to<hello>,
  // From the supervisor: these sub-protocols are shared, so take what their handlers write.
  caf::reacts_to<routing>,
  // From the supervisor: the handlers, one for each route. The session runs, so read on.
  caf::reacts_to<handlers>,
  // From the supervisor: the handler of the route with that index has failed. What comes for it is
  // discarded, and nothing more is written in its name.
  caf::reacts_to<route_atom, std::uint16_t>,
  // From the supervisor: another takes its place.
  caf::reacts_to<route_atom, std::uint16_t, handler_actor>,
  // From the pinger: write a Ping; the Pong goes to that pinger. Answered with the number of frames
  // received so far.
  caf::replies_to<ping_atom, pinger_actor>::with<std::uint64_t>,
  // From the supervisor.
  caf::replies_to<info_atom>::with<peer_counts>,
  // From the supervisor: end; tell the remote why, if it can be told.
  caf::reacts_to<close_atom, disconnect_reason>,
  // From the supervisor: end without a word.
  caf::reacts_to<close_atom>,
  // From the last holder of a payload: the window that was full has room again.
  caf::reacts_to<resume_atom>,
  // From a handler of the route with that index, which ends: so many messages it has not handled.
  caf::reacts_to<failed_atom, std::uint16_t, std::uint64_t>,
  // From itself: the deadline with that number has passed.
  caf::reacts_to<tick_atom, std::uint64_t>>;

/// Where a session stands.
enum class session_phase : std::uint8_t {
  /// Nobody knows yet who the remote is: it cannot be told anything.
  handshake,
  /// Both have proved who they are; Hello and admission.
  greeting,
  running,
  /// The reason is known; the actors of the session are ending.
  closing,
  gone,
};

/// One session's life and death.
using supervisor_actor = caf::typed_actor<
  // From the peer: the handshake has proved who the remote is.
  caf::reacts_to<node_id>,
  // From the peer: the remote's Hello.
  caf::reacts_to<hello>,
  // From the peer: it cannot go on.
  caf::reacts_to<failed_atom, caf::error>,
  // From the peer: the n-th handler of the route with that index lets go of nothing.
  caf::reacts_to<failed_atom, std::uint16_t, std::uint32_t>,
  // From the pinger: what the last Pong has changed.
  caf::reacts_to<round_trip>,
  // From the node: end, for this reason.
  caf::reacts_to<close_atom, disconnect_reason>,
  // From the node.
  caf::replies_to<info_atom>::with<peer_info>,
  // From itself: the deadline to reach that phase has passed.
  caf::reacts_to<tick_atom, session_phase>,
  // From itself: it is time to spawn the n-th handler of the route with that index.
  caf::reacts_to<tick_atom, std::uint16_t, std::uint32_t>>;

/// Whoever wants to know what becomes of the ports that a mapper keeps open.
using mapping_subscriber_actor =
  caf::typed_actor<caf::reacts_to<port_mapped>, caf::reacts_to<port_renewed>,
                   caf::reacts_to<port_lost>, caf::reacts_to<external_changed>,
                   caf::reacts_to<mapping_failed>>;

/// A connection that two nodes have dialled at the same time. Copies share it, and one of their
/// holders can take it: what is left of the others then keeps nothing open. Does not leave the
/// process.
class punched_stream {
public:
  punched_stream() = default;
  punched_stream(std::shared_ptr<net::stream> connection, bool initiator)
    : connection_(std::make_shared<std::shared_ptr<net::stream>>(std::move(connection))),
      initiator_(initiator) {}

  /// Null if it was taken. Not for two threads at once.
  [[nodiscard]] std::shared_ptr<net::stream> take() const {
    return connection_ ? std::exchange(*connection_, nullptr) : nullptr;
  }

  /// Whether this end is the RLPx initiator: it is if its node id is the smaller one.
  [[nodiscard]] bool initiator() const { return initiator_; }

private:
  std::shared_ptr<std::shared_ptr<net::stream>> connection_;
  bool initiator_ = false;
};

/// A node: listens, dials, admits, limits and reports sessions. Ends when it is sent an exit
/// message; then every remote is told `client_quitting`, and all sessions end first.
using node_actor = caf::typed_actor<
  // Listen at this endpoint. Answered with our URL there.
  caf::replies_to<listen_atom, endpoint>::with<enode>,
  // Dial this node. Answered when the session runs, or with what prevented it.
  caf::replies_to<dial_atom, enode>::with<peer_info>,
  // Hold a session with that node on a connection that a puncher has opened. Answered as a dial is.
  // From the same process only.
  caf::replies_to<dial_atom, node_id, punched_stream>::with<peer_info>,
  // End the session with that node, for this reason. Answered when its slot is free.
  caf::reacts_to<close_atom, node_id, disconnect_reason>,
  // All sessions that run.
  caf::replies_to<peers_atom>::with<std::vector<peer_info>>,
  caf::replies_to<info_atom>::with<node_info>,
  // Tell this actor what happens from now on, as long as it lives.
  caf::reacts_to<subscribe_atom, subscriber_actor>,
  // Tell this one what becomes of the ports that we listen at, where a gateway maps them.
  caf::reacts_to<subscribe_atom, mapping_subscriber_actor>>;

/// The node, as its own parts see it.
using node_core_actor = node_actor::extend_with<mapping_subscriber_actor>::extend<
  // From a listener, by index: somebody has connected, or accepting has failed.
  caf::reacts_to<accept_atom, std::size_t, std::shared_ptr<net::stream>>,
  caf::reacts_to<accept_atom, std::size_t, caf::error>,
  // From a dial, by number: there is a connection, or there will be none.
  caf::reacts_to<dial_atom, std::uint64_t, std::shared_ptr<net::stream>>,
  caf::reacts_to<dial_atom, std::uint64_t, caf::error>,
  // From a supervisor: may this node come in? Asked before Hello; an error says why not.
  caf::reacts_to<admit_atom, node_id>,
  // From a supervisor: asked again after Hello; if it may, it has its slot.
  caf::reacts_to<admit_atom, peer_info>,
  // From a supervisor: the handlers are there, so the session runs.
  caf::reacts_to<peer_info>,
  // From a supervisor: the session is over, so its slot is free; the error is what ended it. The
  // supervisor itself ends later.
  caf::reacts_to<session_end, caf::error>,
  // From a peer.
  caf::reacts_to<message_event>,
  // From itself: the deadline of the dial with that number has passed.
  caf::reacts_to<tick_atom, std::uint64_t>,
  // From itself: that node has waited long enough, on a connection of its own, for our dial with
  // that number.
  caf::reacts_to<tick_atom, node_id, std::uint64_t>,
  // From itself, with a listener's index: try to accept again.
  caf::reacts_to<accept_atom, std::size_t>,
  // From itself: a pending session may have had its time.
  caf::reacts_to<resume_atom>>;

/// One gateway, which is asked one thing after the other. Questions end within seconds, each of
/// them, with an error if nobody answers.
using gateway_actor = caf::typed_actor<
  // From the mapper: is there one? Answered with what people call it.
  caf::replies_to<find_atom>::with<std::string>,
  // From the mapper: map this port, or go on doing so, for that lifetime; the external port is a
  // wish. Answered with what was granted.
  caf::replies_to<map_atom, port_mapping>::with<port_mapping>,
  // From the mapper: do so no more.
  caf::replies_to<unmap_atom, port_mapping>::with<void>>;

/// Keeps ports of this host reachable from outside. Ends when it is sent an exit message; before
/// that it takes back what it has asked of its gateway.
using mapper_actor = caf::typed_actor<
  // Keep this port reachable, until told otherwise.
  caf::reacts_to<map_atom, local_port>, caf::reacts_to<unmap_atom, local_port>,
  // The ports that can be reached now.
  caf::replies_to<info_atom>::with<std::vector<port_mapping>>,
  // Tell this actor what becomes of the ports, from now on, as long as it lives.
  caf::reacts_to<subscribe_atom, mapping_subscriber_actor>>;

/// The mapper, as its own parts see it.
using mapper_core_actor = mapper_actor::extend<
  // From who listens for it: the router says that it has restarted, or that its external address
  // has changed. From a gateway: it has forgotten what it had mapped.
  caf::reacts_to<router_atom>,
  // From itself: it is time to see to that port. The number tells whether this still counts.
  caf::reacts_to<tick_atom, local_port, std::uint64_t>,
  // From itself: it is time to look for a gateway again; likewise.
  caf::reacts_to<find_atom, std::uint64_t>,
  // From itself: the router may be listened to again.
  caf::reacts_to<resume_atom>,
  // From itself: taking back what was asked has taken too long.
  caf::reacts_to<close_atom>>;

/// Whoever wants to know what becomes of the holes that a puncher keeps open.
using hole_subscriber_actor = caf::typed_actor<caf::reacts_to<hole_lost>>;

/// Opens ways to nodes that are behind NATs, as we are. A rendezvous that both know introduces the
/// two; the other has to be told the same, by whatever means, at about the same time. Ends when it
/// is sent an exit message.
using puncher_actor = caf::typed_actor<
  // Open a UDP path to that node. Answered once it is open at both ends; it is then kept open. Who
  // asks again is answered with the hole that there is, or that there will be.
  caf::replies_to<punch_atom, node_id>::with<hole>,
  // Open a TCP connection to that node. Answered once the other end has proved that it is the one
  // that was met.
  caf::replies_to<dial_atom, node_id>::with<punched_stream>,
  // Keep the hole to that node open no more, or give up punching it. The port is free then, for who
  // wants to go on using the hole himself.
  caf::reacts_to<close_atom, node_id>,
  // The holes that are open or being punched, by node.
  caf::replies_to<info_atom>::with<std::vector<node_id>>,
  // Tell this actor which holes are lost, from now on, as long as it lives.
  caf::reacts_to<subscribe_atom, hole_subscriber_actor>>;

/// The puncher, as its own parts see it.
using puncher_core_actor = puncher_actor::extend<
  // From the keeper of that hole, which ends.
  caf::reacts_to<hole_lost>>;

/// Punches one hole, and keeps it open.
using hole_keeper_actor = caf::typed_actor<
  // From the puncher: in the name of who asked it.
  caf::replies_to<punch_atom>::with<hole>,
  // From itself: something is due.
  caf::reacts_to<tick_atom>>;

/// Dials one node at the same time as that dials us.
using mutual_dialer_actor = caf::typed_actor<
  // From the puncher: in the name of who asked it.
  caf::replies_to<dial_atom>::with<punched_stream>,
  // From itself: something is due.
  caf::reacts_to<tick_atom>>;

/// Introduces nodes behind NATs to each other, by UDP and by TCP. Ends when it is sent an exit
/// message.
using rendezvous_actor = caf::typed_actor<
  // Be there at these two endpoints, which should have different addresses (port 0 lets the system
  // choose). Answered with them.
  caf::replies_to<listen_atom, endpoint, endpoint>::with<endpoint, endpoint>,
  // How many pairs, or halves of one, it remembers.
  caf::replies_to<info_atom>::with<std::size_t>>;

/// One TCP connection of a rendezvous.
using rendezvous_guest_actor = caf::typed_actor<
  // From the rendezvous: what to answer.
  caf::reacts_to<blob>,
  // From itself: it is time to see whether anything still comes.
  caf::reacts_to<tick_atom>>;

/// The rendezvous, as its own parts see it.
using rendezvous_core_actor = rendezvous_actor::extend<
  // From itself: it is time to forget what is over.
  caf::reacts_to<tick_atom>,
  // From a listener, by index: somebody has connected, or accepting has failed.
  caf::reacts_to<accept_atom, std::size_t, std::shared_ptr<net::stream>>,
  caf::reacts_to<accept_atom, std::size_t, caf::error>,
  // From itself: try to accept again.
  caf::reacts_to<accept_atom, std::size_t>,
  // From a guest of the listener with that index: what was asked from there.
  caf::reacts_to<ask_atom, rendezvous_guest_actor, std::size_t, endpoint, blob>>;

} // namespace devp2p

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::punched_stream)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::routing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::handlers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<devp2p::net::stream>)
