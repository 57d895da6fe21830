// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/dial_refusal.hpp"
#include "devp2p/actors/peering/stored_peers.hpp"
#include "devp2p/messages/ban.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// The messages of the actors that keep a node's peers: the dialer, the reputation, and the
/// sources of candidates that users write. Where actors in other processes are to talk to these,
/// both ends call `add_blocks<caf::id_block::devp2p_peering,
/// caf::id_block::devp2p_peering_handles>`.
namespace devp2p {

/// The answer to the question why a node is no peer now.
struct explanation {
  /// A duration that is not known, or does not apply.
  static constexpr std::chrono::nanoseconds none{-1};

  dial_refusal reason = dial_refusal::unknown;
  /// The time for which that has been so.
  std::chrono::nanoseconds since = none;
  /// The time for which it will be so, if time alone ends it.
  std::chrono::nanoseconds until = none;
  /// More about the reason; may be empty.
  std::string why = {};

  friend bool operator==(const explanation&, const explanation&) = default;

  friend auto inspect(auto& f, explanation& x) {
    return inspect_fields(f, {"reason", "since", "until", "why"}, x.reason, x.since, x.until,
                          x.why);
  }
};

/// Returns one line: the reason, since when, and what has to happen.
[[nodiscard]] std::string to_string(const explanation& x);

/// The consequences for a node of the last thing that was heard of it.
struct judgement {
  node_id id;
  /// The score now: from -200 to 50.
  std::int32_t score = 0;
  /// The time from now for which the node is not to be dialled.
  std::chrono::nanoseconds not_before{0};
  /// The time from now for which the node is banned; 0 if it is not.
  std::chrono::nanoseconds banned_for{0};
  /// Whether a ban was lifted.
  bool is_pardon = false;
  /// The reason, for people.
  std::string why = {};

  friend auto inspect(auto& f, judgement& x) {
    return inspect_fields(f, {"id", "score", "not_before", "banned_for", "is_pardon", "why"}, x.id,
                          x.score, x.not_before, x.banned_for, x.is_pardon, x.why);
  }
};

/// Whether the own link is up: whether failures are those of other nodes, or our own.
struct own_link_changed {
  bool is_up = true;

  friend auto inspect(auto& f, own_link_changed& x) {
    return inspect_fields(f, {"is_up"}, x.is_up);
  }
};

/// The numbers of peers that a dialer keeps; see `dial_limits`.
struct dial_targets {
  /// The number of peers wanted, in both directions together. Trusted nodes are beyond it. 0: only
  /// trusted nodes are dialled.
  std::uint32_t peers = 50;
  /// The number of those that is kept for remotes that dial us.
  std::uint32_t kept_for_inbound = 33;
  /// The maximum number of dials under way.
  std::uint32_t max_dialling = 50;

  friend bool operator==(const dial_targets&, const dial_targets&) = default;

  friend auto inspect(auto& f, dial_targets& x) {
    return inspect_fields(f, {"peers", "kept_for_inbound", "max_dialling"}, x.peers,
                          x.kept_for_inbound, x.max_dialling);
  }
};

/// The state of a dialer.
struct dialer_info {
  /// Peers that are not trusted, and those of them that were dialled.
  std::uint64_t peers = 0;
  std::uint64_t dialled = 0;
  /// Dials under way.
  std::uint64_t dialling = 0;
  /// Candidates of all sources; static and trusted nodes are beyond them.
  std::uint64_t candidates = 0;
  bool own_link_is_up = true;
  dial_targets targets = {};
  /// The number of refusals by `dial_refusal`.
  std::vector<std::uint64_t> refusals = {};

  friend auto inspect(auto& f, dialer_info& x) {
    return inspect_fields(
      f, {"peers", "dialled", "dialling", "candidates", "own_link_is_up", "targets", "refusals"},
      x.peers, x.dialled, x.dialling, x.candidates, x.own_link_is_up, x.targets, x.refusals);
  }
};

/// Changes that a peer keeper writes together. They stay in the process.
struct store_changes {
  std::vector<store_change> all;
};

} // namespace devp2p

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::store_changes)

CAF_BEGIN_TYPE_ID_BLOCK(devp2p_peering, ::devp2p::first_type_id + 116)

CAF_ADD_TYPE_ID(devp2p_peering, (devp2p::dial_refusal))
CAF_ADD_TYPE_ID(devp2p_peering, (devp2p::dial_targets))
CAF_ADD_TYPE_ID(devp2p_peering, (devp2p::dialer_info))
CAF_ADD_TYPE_ID(devp2p_peering, (devp2p::explanation))
CAF_ADD_TYPE_ID(devp2p_peering, (devp2p::judgement))
CAF_ADD_TYPE_ID(devp2p_peering, (devp2p::own_link_changed))
CAF_ADD_TYPE_ID(devp2p_peering, (devp2p::store_changes))
CAF_ADD_TYPE_ID(devp2p_peering, (std::vector<devp2p::enode>))
CAF_ADD_TYPE_ID(devp2p_peering, (std::vector<std::uint64_t>))

CAF_ADD_ATOM(devp2p_peering, devp2p, add_atom, "add")
CAF_ADD_ATOM(devp2p_peering, devp2p, bad_atom, "bad")
CAF_ADD_ATOM(devp2p_peering, devp2p, explain_atom, "explain")
CAF_ADD_ATOM(devp2p_peering, devp2p, good_atom, "good")
CAF_ADD_ATOM(devp2p_peering, devp2p, keep_atom, "keep")
CAF_ADD_ATOM(devp2p_peering, devp2p, remove_atom, "remove")

CAF_END_TYPE_ID_BLOCK(devp2p_peering)

namespace devp2p {

/// Keeps what a node must not forget; see `spawn_peer_keeper`.
using peer_keeper_actor = caf::typed_actor<
  // Write these changes. Answered once they are written, or with `errc::list_full` if there is no
  // room for them.
  replies_to<write_atom, store_changes>::with<void>,
  // From itself: write what has come.
  reacts_to<tick_atom>>;

/// Receives what a reputation decides.
using judgement_subscriber_actor =
  caf::typed_actor<reacts_to<judgement>, reacts_to<own_link_changed>>;

/// Keeps a score for each node, and bans those that misbehave. Hears the events of its node, and
/// the words of users' protocols. An exit message ends it.
using reputation_actor = subscriber_actor::extend<
  // From a user's protocol: that node has done well; so many points (1 to 25), and a word why.
  reacts_to<good_atom, node_id, std::uint32_t, std::string>,
  // From a user's protocol: that node has misbehaved.
  reacts_to<bad_atom, node_id, std::uint32_t, std::string>,
  // From the operator: ban a node, an address or a network. Answered as the node answers, once the
  // ban is stored.
  replies_to<ban_atom, ban>::with<void>,
  // From the operator: lift that ban. The scores of a node begin anew.
  replies_to<unban_atom, ban_subject>::with<void>,
  // From the dialer or the operator: this node is kept, whatever it does; or is so no more.
  reacts_to<keep_atom, node_id, bool>,
  // The score of that node.
  replies_to<info_atom, node_id>::with<std::int32_t>,
  // Send this actor the judgements from now on, as long as it lives.
  reacts_to<subscribe_atom, judgement_subscriber_actor>,
  // From itself: failures may have been proved by now.
  reacts_to<tick_atom>,
  // From itself: store what has changed.
  reacts_to<write_atom>>;

/// A source of candidates: an actor of anybody.
using candidate_source_actor = caf::typed_actor<
  // From the dialer: name at most so many nodes. The answer may come whenever there are some; the
  // dialer asks again only after it.
  replies_to<find_atom, std::uint32_t>::with<std::vector<enode>>>;

/// Keeps a node at its number of peers. An exit message ends it; its sessions go on.
using dialer_actor = subscriber_actor::extend_with<judgement_subscriber_actor>::extend<
  // From the operator: keep a session with this node for ever. Answered once that is stored, or
  // with `errc::list_full`.
  replies_to<add_atom, enode>::with<void>,
  // Forget this node, static or not. Its session goes on.
  replies_to<remove_atom, node_id>::with<void>,
  // Trust this node: dial it beyond all limits, and admit it there.
  replies_to<trust_atom, node_id>::with<void>, replies_to<untrust_atom, node_id>::with<void>,
  // Change how many peers are wanted. Answered with what was wanted before.
  replies_to<limits_atom, dial_targets>::with<dial_targets>,
  // Why is that node no peer now?
  replies_to<explain_atom, node_id>::with<explanation>, replies_to<info_atom>::with<dialer_info>,
  // Ask this source for candidates from now on, as long as it lives. The name is for people.
  replies_to<subscribe_atom, candidate_source_actor, std::string>::with<void>,
  // From itself: dial whoever is due.
  reacts_to<tick_atom>>;

} // namespace devp2p

// Handles in messages to other processes.
CAF_BEGIN_TYPE_ID_BLOCK(devp2p_peering_handles, caf::id_block::devp2p_peering::end)

CAF_ADD_TYPE_ID(devp2p_peering_handles, (devp2p::candidate_source_actor))
CAF_ADD_TYPE_ID(devp2p_peering_handles, (devp2p::judgement_subscriber_actor))

CAF_END_TYPE_ID_BLOCK(devp2p_peering_handles)

static_assert(caf::id_block::devp2p_peering_handles::end <= devp2p::first_type_id + 140);
