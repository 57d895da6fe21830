// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/scoped_node.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <utility>

namespace devp2p {

namespace {

/// Returns the node's answer, which is a `T`.
template <class T, class... Ts>
caf::expected<T> ask(const node_actor& node, const Ts&... what) {
  caf::expected<T> out{caf::error{}};
  caf::scoped_actor self{node.home_system()};
  request_from(self, node, caf::infinite, what...)
    .receive([&](T& x) { out = std::move(x); }, [&](caf::error& why) { out = std::move(why); });
  return out;
}

} // namespace

scoped_node::scoped_node(caf::actor_system& system, net::network& network, node_config config)
  : node_(spawn_node(system, network, std::move(config))),
    ending_(node_) {}

caf::expected<enode> scoped_node::listen(const endpoint& at) const {
  return ask<enode>(node_, listen_atom_v, at);
}

caf::expected<peer_info> scoped_node::dial(const enode& to) const {
  return ask<peer_info>(node_, dial_atom_v, to);
}

caf::expected<void> scoped_node::close(const node_id& id, disconnect_reason why) const {
  caf::expected<void> out{caf::unit};
  caf::scoped_actor self{node_.home_system()};
  request_from(self, node_, caf::infinite, close_atom_v, id, why)
    .receive([] {}, [&](caf::error& why) { out = std::move(why); });
  return out;
}

std::vector<peer_info> scoped_node::peers() const {
  auto out = ask<std::vector<peer_info>>(node_, peers_atom_v);
  return out ? std::move(*out) : std::vector<peer_info>{};
}

caf::expected<node_info> scoped_node::info() const {
  return ask<node_info>(node_, info_atom_v);
}

} // namespace devp2p
