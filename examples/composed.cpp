// SPDX-License-Identifier: BSL-1.0
//
// A devp2p node as a child in the actor system of another application, which has actors, type ids
// and a supervision tree of its own. When the node fails, it is spawned again, and so is the
// service that talks to it.
#include "devp2p/actors/ended_with_scope.hpp"
#include "devp2p/actors/node.hpp"
#include "devp2p/actors/supervision_tree.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/all.hpp>

#include <iostream>

using namespace devp2p;

// The service's type ids begin where the library's end.
CAF_BEGIN_TYPE_ID_BLOCK(service, ::devp2p::end_type_id)
CAF_ADD_ATOM(service, service, status_atom, "status")
CAF_ADD_ATOM(service, service, fault_atom, "fault")
CAF_END_TYPE_ID_BLOCK(service)

namespace service {

using service_actor =
  caf::typed_actor<replies_to<status_atom>::with<std::string>, reacts_to<fault_atom>>;

service_actor::behavior_type serve(service_actor::pointer, const node_actor& node, node_id id) {
  return {[=](status_atom) { return "serving with the node " + id.brief(); },
          [=](fault_atom) { caf::anon_send_exit(node, caf::exit_reason::kill); }};
}

} // namespace service

int main() {
  net::asio_network network; // Outlives the actor system.
  system_config config;
  add_blocks<caf::id_block::service>(config);
  caf::actor_system system{config};
  auto key = crypto::private_key::generate();
  current_child<service::service_actor> current;
  supervision_tree_config setup{.strategy = restart_strategy::rest_for_one};
  setup.children = {
    {.name = "node", .start = [&](auto& home) { return spawn_node(home, network, {key}); }},
    {.name = "service",
     .start =
       [&](auto& home, const earlier_children& earlier) {
         return home.spawn(service::serve, earlier.get<node_actor>("node"), key.id());
       },
     .place = current}};
  const ended_with_scope ending{spawn_supervision_tree(system, std::move(setup))};
  caf::scoped_actor self{system};
  // Waits for a service other than `before`, and asks it.
  auto next = [&](const service::service_actor& before) {
    auto out = current.get();
    for (; !out || out == before; out = current.get())
      std::this_thread::yield();
    request_from(self, out, caf::infinite, service::status_atom_v)
      .receive([](const std::string& text) { std::cout << text << '\n'; },
               [](const caf::error&) {});
    return out;
  };
  auto first = next({});
  std::cout << "its node is killed\n";
  send_to(self, first, service::fault_atom_v);
  next(first);
}
