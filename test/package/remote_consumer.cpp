// SPDX-License-Identifier: BSL-1.0
//
// A user's project that publishes a host of handlers, and finds it again.
#include <devp2p/actors/remote/middleman.hpp>
#include <devp2p/actors/remote/publishing.hpp>
#include <devp2p/actors/remote/remote_handler.hpp>

#include <caf/all.hpp>

using namespace devp2p;

handler_actor::behavior_type ignore(handler_actor::pointer, const channel&) {
  return {[](const packet&) {}};
}

int main() {
  caf::actor_system_config config;
  add_types(config);
  // No heartbeat is due before the program ends.
  load_middleman(config, {.heartbeat_interval = std::chrono::minutes{1},
                          .connection_timeout = std::chrono::minutes{5}});
  caf::actor_system system{config};
  auto host = host_handlers(system, handled_by(ignore));
  auto port = publish(host);
  auto found = port ? connect<handler_host_actor>(system, {"127.0.0.1", *port})
                    : caf::expected<handler_host_actor>{port.error()};
  caf::anon_send_exit(host, caf::exit_reason::user_shutdown);
  return found && *found == host ? 0 : 1;
}
