// SPDX-License-Identifier: BSL-1.0
//
// Two nodes in one process hold a session over TCP: one greets, the other echoes. Run it without
// arguments; it prints what comes back and ends.
#include "devp2p/actors/node.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <future>
#include <iostream>
#include <string>

using namespace devp2p;

/// The whole echo protocol: sends back what it receives.
handler_actor::behavior_type echo(handler_actor::pointer self, const channel& link) {
  return {[=](const packet& message) { link.send(self, message); }};
}

/// Sends a greeting and stores the reply in `answer`.
handler_actor::behavior_type greeter(handler_actor::pointer self, const channel& link,
                                     std::promise<std::string>* answer) {
  link.send(self, {0, blob{as_bytes("hello there")}});
  return {[=](const packet& message) {
    auto text = message.payload.view();
    answer->set_value({text.begin(), text.end()});
  }};
}

int main() {
  net::asio_network network; // Outlives the actor system.
  std::promise<std::string> answer;
  caf::actor_system_config config;
  add_types(config);
  prefer_low_latency(config);
  caf::actor_system system{config};

  auto start = [&](handler_factory handler) {
    node_config setup{crypto::private_key::generate()};
    setup.protocols = {{.name = "echo", .version = 1, .length = 1, .spawn = std::move(handler)}};
    return spawn_node(system, network, std::move(setup));
  };
  auto server = start(handled_by(echo));
  auto client = start(handled_by(greeter, &answer));

  caf::scoped_actor self{system};
  auto complain = [](const caf::error& why) { std::cerr << describe(why) << '\n'; };
  enode url;
  request_from(self, server, caf::infinite, listen_atom_v, endpoint{"127.0.0.1", 0})
    .receive([&](const enode& where) { url = where; }, complain);
  request_from(self, client, caf::infinite, dial_atom_v, url)
    .receive([](const peer_info& x) { std::cout << "met " << x.id.brief() << '\n'; }, complain);

  auto came_back = answer.get_future();
  auto ok = came_back.wait_for(std::chrono::seconds{5}) == std::future_status::ready;
  std::cout << (ok ? "came back: " + came_back.get() : "nothing came back") << '\n';
  for (const auto& node : {server, client})
    self->send_exit(node, caf::exit_reason::user_shutdown);
  return ok ? 0 : 1;
}
