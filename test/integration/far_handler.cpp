// SPDX-License-Identifier: BSL-1.0
//
// A handler in its own process. Prints the port at which CAF's middleman publishes it, then the
// size of each payload that arrives. Ends when its stdin ends.
#include "far_process.hpp"

#include "devp2p/actors/remote/middleman.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <caf/all.hpp>

#include <iostream>

using namespace devp2p;

handler_actor::behavior_type report(handler_actor::pointer) {
  return {[](const packet& message) { std::cout << message.payload.size() << std::endl; }};
}

int main() {
  caf::actor_system_config config;
  add_types(config);
  load_middleman(config);
  caf::actor_system system{config};
  auto handler = system.spawn(report);
  return test::serve(handler);
}
