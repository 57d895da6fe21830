// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "raft/protocol.hpp"
#include "raft/raft_state.hpp"

#include "devp2p/actors/protocol.hpp"
#include "devp2p/actors/typed/members.hpp"
#include "devp2p/actors/typed/pending_answer.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace devp2p::raft {

/// A question of another node, and its answer to be given.
template <class Question, class Answer>
struct asked {
  node_index from;
  Question question;
  pending_answer<Answer> answer;
};
/// The answer of another node.
template <class Question, class Answer>
struct answered {
  node_index from;
  Question question;
  Answer answer;
};
using asked_to_append = asked<append_entries, append_answer>;
using asked_to_vote = asked<request_vote, vote_answer>;
using append_answered = answered<append_entries, append_answer>;
using vote_answered = answered<request_vote, vote_answer>;

/// The actor of one node's `raft_state`.
using replica_actor = caf::typed_actor<
  // From the handlers of sessions.
  reacts_to<asked_to_append>, reacts_to<asked_to_vote>, reacts_to<append_answered>,
  reacts_to<vote_answered>,
  // From a client: add this command to the log. Lost if this node does not lead.
  reacts_to<write_atom, std::string>,
  // From a client: read the log. `read_done` tells of it.
  reacts_to<info_atom, std::uint64_t>,
  // From itself: something is due.
  reacts_to<tick_atom, std::uint64_t>>;

/// The other nodes of a cluster that this one can reach.
using cluster = std::map<node_index, node_id>;

/// A node of a cluster.
struct replica {
  replica_actor actor;
  /// For the actor's thread.
  std::shared_ptr<const raft_state> state;
  std::map<node_id, node_index> numbers;
  members<raft_protocol> peers;
};

/// Starts the node. `kept` outlives it. `on_notice` is called by its actor.
[[nodiscard]] replica spawn_replica(caf::actor_system& system, const raft_config& config,
                                    durable& kept, const cluster& others,
                                    std::function<void(const notice&)> on_notice);

/// Returns the protocol of that node.
[[nodiscard]] std::vector<protocol> protocols(const replica& ours);

} // namespace devp2p::raft

// Values that do not leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::raft::asked_to_append)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::raft::asked_to_vote)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::raft::append_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::raft::vote_answered)
