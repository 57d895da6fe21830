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
  /// No connection could be punched to that node.
  std::function<void(const node_id&, const caf::error&)> not_punched;
};

/// A session that is to be kept.
struct kept_link {
  enode other;
  /// Both are behind NATs: a puncher makes the connection, as the other's does at the same time.
  bool punched = false;
  /// How much later each attempt is made than it could be: so that not all come to the rendezvous
  /// in one moment. The same at both ends.
  caf::timespan delay{0};
};

/// Dials each of `others` at once, and again `redial_after` whenever a dial has failed or the
/// session has ended; as go-ethereum does for its static nodes. Subscribes to `node`; ends with it.
/// `puncher` is there if any of them has to be punched, and ends no earlier.
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

} // namespace devp2p::kit
