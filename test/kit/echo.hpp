// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/timespan.hpp>
#include <caf/typed_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>

namespace devp2p::kit {

/// What one node asks its peers, to see how soon they answer.
///
/// Ends when it is sent an exit message, and when nobody refers to it: neither the user nor a
/// session of its node.
using echo_actor = caf::typed_actor<
  // From the user: ask that node, with so many octets. The number is the user's own. Without a
  // session, and beyond `max_echo_questions`, nothing is asked.
  caf::reacts_to<ask_atom, node_id, std::uint64_t, std::uint64_t>,
  // From a handler: it serves this session from now on.
  caf::reacts_to<handler_actor, channel>,
  // From a handler: the remote has answered the question with that number, which is ours.
  caf::reacts_to<handler_actor, std::uint64_t>>;

/// Is told the user's number of each question that is answered, and how long that took.
using echo_answered = std::function<void(std::uint64_t question, caf::timespan round_trip)>;

/// How many questions of one node wait for their answers at most.
inline constexpr std::size_t max_echo_questions = 1024;

[[nodiscard]] echo_actor spawn_echo(caf::actor_system& system, echo_answered answered);

/// The protocol by which it talks: `echo/2`. Code 0 is a question, which comes back as it is with
/// code 1: the list of a number and as many octets as were wanted. An answer that nobody waits for
/// says nothing; one that is no such list breaches the protocol.
[[nodiscard]] protocol echo_protocol(const echo_actor& node);

} // namespace devp2p::kit
