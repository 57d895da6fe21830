// SPDX-License-Identifier: BSL-1.0
//
// A user's project that spawns a node, asks for its id, and ends it.
#include "devp2p/messages/caf.hpp"

#include <devp2p/actors/node.hpp>
#include <devp2p/net/asio/asio_network.hpp>

#include <caf/all.hpp>

int main() {
  devp2p::net::asio_network network;
  caf::actor_system_config config;
  devp2p::add_types(config);
  caf::actor_system system{config};
  auto key = devp2p::crypto::private_key::generate();
  auto node = devp2p::spawn_node(system, network, {key});
  caf::scoped_actor self{system};
  int status = 1;
  request_from(self, node, caf::infinite, devp2p::info_atom_v)
    .receive([&](const devp2p::node_info& x) { status = x.id == key.id() ? 0 : 1; },
             [](const caf::error&) {});
  self->send_exit(node, caf::exit_reason::user_shutdown);
  return status;
}
