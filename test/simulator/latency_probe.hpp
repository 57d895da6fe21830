// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/timespan.hpp>
#include <caf/typed_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>

namespace devp2p::simulator {

/// Sends the questions of one node to its peers, and measures how soon they answer.
///
/// Ends when it receives an exit message, and when no reference to it is left: neither from the
/// user nor from a session of its node.
using latency_probe_actor = caf::typed_actor<
  // From the user: ask the node with this id. The numbers are the user's own number for the
  // question, and the size of its payload in bytes. Without a session with that node, and beyond
  // `max_probe_questions`, no question is sent.
  reacts_to<ask_atom, node_id, std::uint64_t, std::uint64_t>,
  // From a handler: it serves the session of this channel from now on.
  reacts_to<handler_actor, channel>,
  // From a handler: the remote has answered the question with this number. It is the number on the
  // wire, not the user's.
  reacts_to<handler_actor, std::uint64_t>>;

/// Called for each answered question, with the user's number and the round trip time.
using probe_answered = std::function<void(std::uint64_t question, caf::timespan round_trip)>;

/// The maximum number of one node's questions that wait for an answer.
inline constexpr std::size_t max_probe_questions = 1024;

[[nodiscard]] latency_probe_actor spawn_latency_probe(caf::actor_system& system,
                                                      probe_answered answered);

/// The protocol of questions and answers, `echo/2`. Code 0 is a question: the list of a number and
/// of as many bytes as were wanted. It comes back unchanged with code 1. An answer to no pending
/// question is ignored. An answer that is no such list breaches the protocol.
[[nodiscard]] protocol echo_protocol(const latency_probe_actor& node);

} // namespace devp2p::simulator
