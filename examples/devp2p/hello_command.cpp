// SPDX-License-Identifier: BSL-1.0
#include "hello_command.hpp"

#include "key_file.hpp"
#include "lines.hpp"
#include "runtime.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/simulator/program/failure.hpp"

#include <caf/scoped_actor.hpp>

#include <iostream>

namespace devp2p::tool {

int run_hello(const hello_options& options) {
  auto key = key_for(options.key_file);
  if (auto* why = std::get_if<key_failure>(&key))
    return fail(*why);
  settings limits;
  limits.dial_timeout = options.timeout;
  limits.handshake_timeout = options.timeout;
  runtime world;
  // A node without protocols holds a session with any remote, long enough to read its Hello.
  auto node = spawn_node(world.system, world.network,
                         {.key = std::get<crypto::private_key>(key), .limits = limits});
  // Tells the remote `client_quitting`.
  const ended_with_scope ending{node};
  caf::scoped_actor self{world.system};
  auto status = failed;
  auto on_session = [&](const peer_info& x) {
    std::cout << hello_line(x.greeting, x.remote) << std::endl;
    status = succeeded;
  };
  auto on_error = [&](const caf::error& why) {
    fail(why == caf::sec::request_timeout ? "the node has sent no Hello in time" : describe(why));
  };
  request_from(self, node, options.timeout, dial_atom_v, options.remote)
    .receive(on_session, on_error);
  return status;
}

} // namespace devp2p::tool
