// SPDX-License-Identifier: BSL-1.0
//
// A devp2p node as a child in the actor system of another application: a service with actors, type
// ids and a supervision of its own. When the node fails, the service spawns another.
#include "devp2p/actors/ended_with_scope.hpp"
#include "devp2p/actors/node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/all.hpp>

#include <iostream>

using namespace devp2p;

namespace service {

struct status {
  std::string node;
  int restarts = 0;

  friend auto inspect(auto& f, status& x) {
    return inspect_fields(f, {"node", "restarts"}, x.node, x.restarts);
  }
};

} // namespace service

// The service's type ids begin where the library's end.
CAF_BEGIN_TYPE_ID_BLOCK(service, ::devp2p::end_type_id)
CAF_ADD_TYPE_ID(service, (service::status))
CAF_ADD_ATOM(service, service, status_atom, "status")
CAF_ADD_ATOM(service, service, fault_atom, "fault")
CAF_END_TYPE_ID_BLOCK(service)

namespace service {

using top_actor = caf::typed_actor<replies_to<status_atom>::with<status>, reacts_to<fault_atom>>;

/// The top actor of the service. Monitors one node and replaces it when it ends, at most three
/// times. After that the service quits with the node's exit reason. Ends its node when it exits.
struct top : top_actor::base {
  top(caf::actor_config& config, net::network& network)
    : top_actor::base(config),
      network(network) {}

  behavior_type make_behavior() override {
    set_down_handler([this](const caf::down_msg& down) {
      return restarts++ < 3 ? take_in_node() : quit(down.reason);
    });
    take_in_node();
    return {
      [this](status_atom) {
        return status{id.brief(), restarts};
      },
      [this](fault_atom) { caf::anon_send_exit(node, caf::exit_reason::kill); },
    };
  }

  void on_exit() override { caf::anon_send_exit(node, caf::exit_reason::user_shutdown); }

  void take_in_node() {
    auto key = crypto::private_key::generate();
    id = key.id();
    node = spawn_node(system(), network, {key});
    monitor(node);
  }

  net::network& network;
  node_actor node;
  node_id id;
  int restarts = 0;
};

} // namespace service

int main() {
  net::asio_network network; // Outlives the actor system.
  system_config config;
  add_blocks<caf::id_block::service>(config);
  caf::actor_system system{config};
  service::top_actor top = system.spawn<service::top>(std::ref<net::network>(network));
  const ended_with_scope ending{top};
  caf::scoped_actor self{system};
  service::status now;
  auto ask = [&] {
    request_from(self, top, caf::infinite, service::status_atom_v)
      .receive([&](const service::status& x) { now = x; }, [](const caf::error&) {});
  };
  ask();
  std::cout << "has taken in " << now.node << "; now that is killed\n";
  send_to(self, top, service::fault_atom_v);
  while (now.restarts == 0)
    ask();
  std::cout << "has taken in " << now.node << '\n';
}
