// SPDX-License-Identifier: BSL-1.0
//
// The mapper alone, without a node: keeps a port of this host reachable from outside, until return
// is pressed.
//
//     port_mapping 30303          by any method that works
//     port_mapping 30303 upnp     by UPnP
#include <devp2p/actors/ended_with_scope.hpp>
#include <devp2p/actors/mapper.hpp>
#include <devp2p/actors/system_config.hpp>
#include <devp2p/messages/caf.hpp>
#include <devp2p/nat/method.hpp>

#include <caf/all.hpp>
#include <iostream>

using namespace devp2p;

// Prints the events of the port.
mapping_subscriber_actor::behavior_type narrator(mapping_subscriber_actor::pointer) {
  return {
    [](const port_mapped& x) {
      std::cout << "reached at " << to_string(x.mapping.external) << '\n';
    },
    [](const port_renewed&) { std::cout << "renewed\n"; },
    [](const port_lost& x) { std::cout << "lost: " << x.why << '\n'; },
    [](const external_changed& x) {
      std::cout << "now reached at " << to_string(x.mapping.external) << '\n';
    },
    [](const mapping_failed& x) { std::cout << "not reached: " << describe(x.why) << '\n'; },
  };
}

int main(int argc, char** argv) {
  auto port = parse_port(argc > 1 ? argv[1] : "");
  auto method = nat::method::parse(argc > 2 ? argv[2] : "any");
  if (!port || *port == 0 || !method) {
    std::cerr << "port_mapping PORT [METHOD]\n" << to_string(errc::invalid_nat_method) << '\n';
    return 2;
  }
  system_config config;
  caf::actor_system system{config};
  auto mapper = spawn_mapper(system, {.gateways = nat::gateways(*method)});
  auto narration = system.spawn(narrator);
  const ended_with_scope with_narration{narration};
  const ended_with_scope with_mapping{mapper}; // Ends first, and removes the mapping.
  anon_send_to(mapper, subscribe_atom_v, narration);
  anon_send_to(mapper, map_atom_v, local_port{transport::tcp, *port});
  std::cin.get();
}
