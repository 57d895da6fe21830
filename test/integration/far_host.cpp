// SPDX-License-Identifier: BSL-1.0
//
// A host of handlers in its own process. Prints its port, then the events of its handlers: each
// beginning, the size of each payload that arrives, and each end with its reason. Each handler
// sends received messages back, but fails on an empty one. A line on stdin ends the host; the end
// of stdin ends the process.
#include "far_process.hpp"

#include "devp2p/actors/remote/middleman.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"

#include <caf/all.hpp>

#include <iostream>

using namespace devp2p;
using namespace std::chrono_literals;

handler_actor::behavior_type tell(handler_actor::pointer self, const channel& link) {
  std::cout << "begun, after " << link.place.restarts << std::endl;
  self->attach_functor(
    [](const caf::error& why) { std::cout << "ended: " << describe(why) << std::endl; });
  return {[=](const packet& message) {
    std::cout << message.payload.size() << std::endl;
    if (message.payload.size() == 0)
      return self->quit(caf::sec::invalid_argument);
    link.send(self, message);
  }};
}

int main() {
  caf::actor_system_config config;
  add_types(config);
  load_middleman(config, {.heartbeat_interval = 200ms, .connection_timeout = 1s});
  caf::actor_system system{config};
  auto host = host_handlers(system, handled_by(tell));
  auto status = test::serve(host);
  if (status == 0)
    std::cin.get();
  return status;
}
