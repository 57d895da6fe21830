// SPDX-License-Identifier: BSL-1.0
//
// Hosts handlers in a process of its own. Prints the port at which they are hosted, then what
// becomes of them: who has begun, the size of each payload that comes, and who has ended by what.
// Sends back what it receives, but fails if that is empty. A line on its stdin ends the host, and
// the end of stdin the process.
#include "devp2p/remote/middleman.hpp"
#include "devp2p/remote/publishing.hpp"
#include "devp2p/remote/remote_handler.hpp"

#include <caf/all.hpp>

#include <iostream>

using namespace devp2p;
using namespace std::chrono_literals;

handler_actor::behavior_type tell(handler_actor::pointer self, const channel& link) {
  std::cout << "begun, after " << link.restarts << std::endl;
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
  auto port = publish(host);
  if (port) {
    std::cout << *port << std::endl;
    std::cin.get();
    caf::anon_send_exit(host, caf::exit_reason::user_shutdown);
    std::cin.get();
  }
  caf::anon_send_exit(host, caf::exit_reason::user_shutdown);
  return port ? 0 : 1;
}
