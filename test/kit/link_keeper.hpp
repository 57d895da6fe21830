// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace devp2p::kit {

/// Keeps a node's sessions with certain others, and says what happens at the node.
using link_keeper_actor = subscriber_actor::extend<
  // From itself: dial the one with that index.
  caf::reacts_to<dial_atom, std::size_t>>;

/// What a keeper is told by its node. Called on the keeper's thread.
struct node_observer {
  std::function<void(const peer_added&)> added;
  std::function<void(const peer_dropped&)> dropped;
  std::function<void(const session_failed&)> failed;
};

/// Dials each of `others` at once, and again `redial_after` whenever a dial has failed or the
/// session has ended; as go-ethereum does for its static nodes. Subscribes to `node`; ends with it.
class link_keeper : public link_keeper_actor::base {
public:
  link_keeper(caf::actor_config& config, node_actor node, std::vector<enode> others,
              caf::timespan redial_after, node_observer observer);

  const char* name() const override { return "link_keeper"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void dial(std::size_t index);
  void redial(std::size_t index);

  node_actor node_;
  std::vector<enode> others_;
  caf::timespan redial_after_;
  node_observer observer_;
};

} // namespace devp2p::kit
