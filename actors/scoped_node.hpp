// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/ended_with_scope.hpp"
#include "devp2p/actors/node.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/on_events.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>
#include <caf/unit.hpp>

#include <list>
#include <mutex>
#include <vector>

namespace devp2p {

/// A node for code that is no actor, such as `main`: its functions wait for the node's answer, and
/// its destructor for the node's end. Every remote is then told `client_quitting`, and all events
/// have been handled.
///
/// Any thread may call the functions, but no actor. They wait without limit, as the node answers
/// within its own deadlines.
class scoped_node {
public:
  /// Spawns the node, with the arguments and exceptions of `spawn_node`.
  scoped_node(caf::actor_system& system, net::network& network, node_config config);

  /// Returns the node, for all that it understands as an actor. The handle must not outlive the
  /// actor system.
  [[nodiscard]] const node_actor& handle() const { return node_; }

  /// Listens at this endpoint. Returns the node's URL there.
  caf::expected<enode> listen(const endpoint& at) const;
  /// Dials that node. Returns a description of the session once it runs.
  caf::expected<peer_info> dial(const enode& to) const;
  /// Ends the session with that node, for this reason.
  caf::expected<void> close(const node_id& id, disconnect_reason why) const;
  /// Describes all sessions that run. Without a node, none do.
  [[nodiscard]] std::vector<peer_info> peers() const;
  /// Describes the node itself.
  [[nodiscard]] caf::expected<node_info> info() const;

  /// Calls these functions for the node's events from now on, one after the other, on CAF's
  /// scheduler. Each takes one kind of event by constant reference; other events are ignored:
  ///
  ///     node.subscribe([](const peer_added& x) { std::cout << "hello, " << x.peer.id.brief(); },
  ///                    [](const peer_dropped& x) { std::cout << x.end.error; });
  ///
  /// With `subscribe<mapping_subscriber_actor>`, the events are those of the node's ports.
  template <class Subscriber = subscriber_actor, class... Functions>
  void subscribe(Functions... functions) {
    auto behavior = [functions...](typename Subscriber::pointer) {
      return on_events<Subscriber>(functions...);
    };
    Subscriber who = node_->home_system().spawn(behavior);
    {
      std::lock_guard guard{mutex_};
      subscribers_.emplace_back(who);
    }
    anon_send_to(node_, subscribe_atom_v, who);
  }

private:
  node_actor node_;
  std::mutex mutex_; // Guards the list alone.
  /// The subscribers end after the node, so that they receive its last events.
  std::list<ended_with_scope> subscribers_;
  ended_with_scope ending_;
};

} // namespace devp2p
