// SPDX-License-Identifier: BSL-1.0
//
// A node in its own process. Its handlers live at the host whose port is the argument. Prints the
// port at which the node itself is published. Ends when its stdin ends.
#include "far_process.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/remote/middleman.hpp"
#include "devp2p/actors/remote/publishing.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/all.hpp>

#include <string>

using namespace devp2p;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  net::asio_network network;
  caf::actor_system_config config;
  add_types(config);
  load_middleman(config, {.heartbeat_interval = 200ms, .connection_timeout = 1s});
  caf::actor_system system{config};
  auto host = connect<handler_host_actor>(
    system, {"127.0.0.1", static_cast<std::uint16_t>(std::stoi(argv[1]))});
  if (!host)
    return 1;
  node_config setup{crypto::private_key::generate()};
  setup.protocols = {{.name = "test", .version = 1, .length = 1, .spawn = handled_remotely(*host)}};
  auto node = spawn_node(system, network, std::move(setup));
  return test::serve(node);
}
