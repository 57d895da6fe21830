// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace devp2p::simulator {

/// Keeps up a node's sessions with certain others, and reports the events of the node.
using link_keeper_actor = subscriber_actor::extend<
  // From itself: dial the node with this index.
  reacts_to<dial_atom, std::size_t>>;

/// Callbacks for the events of a node. They run on the keeper's thread.
struct node_observer {
  std::function<void(const peer_added&)> added;
  std::function<void(const peer_dropped&)> dropped;
  std::function<void(const session_failed&)> failed;
  /// Called when no connection to this node could be punched.
  std::function<void(const node_id&, const caf::error&)> not_punched;
};

/// A session that is to be kept up.
struct kept_link {
  enode other;
  /// Whether both ends are behind NATs: then their punchers make the connection at the same time.
  bool punched = false;
  /// The delay of each attempt, so that not all links come to the rendezvous at the same moment.
  /// Both ends have the same delay.
  caf::timespan delay{0};
};

/// Dials each of `others` at once, or after its `delay`. Dials again `redial_after` later whenever
/// a dial has failed or the session has ended, as go-ethereum does for its static nodes. Subscribes
/// to `node`, and ends with it. `puncher` is needed if any link has to be punched, and ends no
/// earlier than the keeper.
class link_keeper : public link_keeper_actor::base {
public:
  link_keeper(caf::actor_config& config, node_actor node, puncher_actor puncher,
              std::vector<kept_link> others, caf::timespan redial_after, node_observer observer);

  const char* name() const override { return "link_keeper"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void dial(std::size_t index);
  void punch(std::size_t index);
  void on_no_session(std::size_t index, const caf::error& why);
  void redial(std::size_t index);

  node_actor node_;
  puncher_actor puncher_;
  std::vector<kept_link> others_;
  caf::timespan redial_after_;
  node_observer observer_;
};

} // namespace devp2p::simulator
