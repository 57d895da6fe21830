// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/child_spec.hpp"
#include "devp2p/actors/restart_limits.hpp"
#include "devp2p/actors/restart_strategy.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/typed_actor.hpp>
#include <spdlog/logger.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace devp2p {

/// The state of one child of a supervision tree.
struct child_status {
  std::string name;
  child_state state = child_state::waiting;
  /// The number of times that it was started again.
  std::uint32_t restarts = 0;
  /// The reason of its last end or failure to start, as a sentence; empty if there was none.
  std::string last_end;

  friend auto inspect(auto& f, child_status& x) {
    return inspect_fields(f, {"name", "state", "restarts", "last_end"}, x.name, x.state, x.restarts,
                          x.last_end);
  }
};

/// A supervision tree. An exit message ends it, with the reason of that message, once all its
/// children have ended, the last one first.
using supervision_tree_actor = caf::typed_actor<
  // Return the child of that name that runs; null if it does not run now. Answered with
  // `caf::sec::invalid_argument` if there is none of that name.
  replies_to<find_atom, std::string>::with<caf::strong_actor_ptr>,
  // Describe all children, in the order in which they are started.
  replies_to<info_atom>::with<std::vector<child_status>>>;

struct supervision_tree_config {
  /// The children, in the order in which they are started. Each may be given the handles of those
  /// before it.
  std::vector<child_spec> children;
  /// The children that are restarted when one of them is. Choose `rest_for_one` where a child holds
  /// the handles of earlier ones.
  restart_strategy strategy = restart_strategy::one_for_one;
  /// The number of restarts of all children together, and the pauses between them. With
  /// `one_for_one` each child has pauses of its own. At one failure too many the tree ends its
  /// children, and itself with `errc::child_failed`.
  restart_limits limits = {};
  /// The name in the log.
  std::string name = "supervision tree";
  /// Receives a line for each failure; may be null.
  std::shared_ptr<spdlog::logger> log = {};
  /// The generator that spreads restarts over time. Null means the system's; any other, for tests,
  /// must outlive the tree.
  random_source* random = nullptr;
};

/// Spawns a supervision tree: the supervisor of Erlang/OTP. It starts its children, restarts those
/// that fail, and ends them in the reverse order.
///
/// - A child is stopped or started after the step before it is complete. The first failure decides
///   what is restarted; ends of children that are to be stopped anyway do not count.
/// - Unlike in OTP, a child that cannot be started at first is a child that has failed.
/// - A group that is restarted includes transient children that had ended by themselves.
/// - The children are monitored, not linked to.
/// - A child that cannot be started for want of memory has failed. All else that could not be done
///   for want of memory is done in the tree's next turn.
/// - A child that does not end a second after it was killed is stuck in a call. It is left behind,
///   and named in the log.
///
/// Whoever talks to a child that may be restarted asks for its handle before each message, by
/// `current_child` or a `find_atom` message, or is a later child of a `rest_for_one` tree.
///
/// The tree lives, even if no handle refers to it, until it is sent an exit message or gives up. If
/// it is killed, it kills its children. Throws `std::invalid_argument` if a child has no `start` or
/// no name, or the name of another.
[[nodiscard]] supervision_tree_actor spawn_supervision_tree(caf::actor_system& system,
                                                            supervision_tree_config config);

/// Returns a child that is a supervision tree itself. It has the time to end that its own children
/// may need. Throws as `spawn_supervision_tree` does.
[[nodiscard]] child_spec child_tree(std::string name, supervision_tree_config config,
                                    restart_type restart = restart_type::permanent);

} // namespace devp2p

CAF_BEGIN_TYPE_ID_BLOCK(devp2p_children, ::devp2p::first_type_id + 150)

CAF_ADD_TYPE_ID(devp2p_children, (devp2p::child_state))
CAF_ADD_TYPE_ID(devp2p_children, (devp2p::child_status))
CAF_ADD_TYPE_ID(devp2p_children, (std::vector<devp2p::child_status>))

CAF_END_TYPE_ID_BLOCK(devp2p_children)

static_assert(caf::id_block::devp2p_children::end <= devp2p::end_type_id);
