// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "benchmark.hpp"
#include "roster.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace devp2p::bench {

/// Returns a configuration with a fresh identity, and with limits that no case comes near.
[[nodiscard]] node_config make_node_config(std::vector<protocol> protocols);

/// Returns a factory of handlers that run where the command line says: `loop`, where they begin by
/// default, or `scheduler`.
template <class Function, class... Extra>
handler_factory handled_at(std::string_view where, Function behavior, Extra... extra) {
  return where == "loop" ? handled_by(behavior, extra...)
                         : handled_on_scheduler_by(behavior, extra...);
}

/// Sends each packet back.
handler_actor::behavior_type echo(handler_actor::pointer self, const channel& link);

/// The place where nodes meet: one actor system, and a real network for each end of their links. So
/// both ends have threads of their own, as in two processes. Ends all its nodes when it is
/// destroyed.
///
/// Declare it after everything that its actors write to.
class arena {
public:
  explicit arena(const options& chosen);
  ~arena();

  [[nodiscard]] caf::actor_system& system() { return system_; }
  [[nodiscard]] net::network& dialling_network() { return dialling_network_; }
  /// The handlers that the main thread talks to.
  [[nodiscard]] roster& handlers() { return handlers_; }

  /// Spawns a node that listens on loopback and admits every remote. Returns its URL.
  [[nodiscard]] enode listen(std::vector<protocol> protocols) {
    return listen(make_node_config(std::move(protocols)));
  }
  /// Does so with that configuration, and tells `subscriber` its events if it is not null.
  [[nodiscard]] enode listen(node_config config, const subscriber_actor& subscriber = {});

  /// Spawns a node with a fresh identity, and returns when its session with `target` runs.
  void dial(const enode& target, std::vector<protocol> protocols) {
    dial(target, make_node_config(std::move(protocols)));
  }
  void dial(const enode& target, node_config config) {
    dial_from(dialling_network_, target, std::move(config));
  }
  /// Dials from a network of the caller's, which must outlive the arena.
  void dial_from(net::network& where, const enode& target, node_config config);
  /// Spawns `nodes` such nodes, several at once, and returns when the session of each runs.
  void dial(const enode& target, const std::vector<protocol>& protocols, std::size_t nodes);

  /// Returns what the node that was spawned last says of its sessions.
  [[nodiscard]] std::vector<peer_info> peers();

private:
  struct configuration : caf::actor_system_config {
    explicit configuration(std::size_t threads);
  };

  const node_actor& spawn(net::network& where, node_config config);

  const bool has_metrics_;
  // The order matters: the actors use the members above them until the last actor has ended.
  roster handlers_;
  net::asio_network listening_network_;
  net::asio_network dialling_network_;
  configuration config_;
  caf::actor_system system_{config_};
  std::vector<node_actor> nodes_;
};

} // namespace devp2p::bench
