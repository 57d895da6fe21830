// SPDX-License-Identifier: BSL-1.0
//
// A protocol whose handlers live in another process, and what is left of it when that is killed:
//
//     remote_handler          starts the other process itself
//     remote_handler host     is that process
//
// Two nodes in the first process hold a session over TCP; one greets, the other's handler, over
// there, echoes.
#include "child_process.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/net/asio/asio_network.hpp"
#include "devp2p/net/crypto/system_random.hpp"
#include "devp2p/remote/middleman.hpp"
#include "devp2p/remote/publishing.hpp"
#include "devp2p/remote/remote_handler.hpp"

#include <caf/all.hpp>

#include <csignal>
#include <future>
#include <iostream>
#include <string>

using namespace devp2p;
using namespace std::chrono_literals;

/// As it would be in the node's own process.
handler_actor::behavior_type echo(handler_actor::pointer self, const channel& link) {
  return {[=](const packet& message) { link.send(self, message); }};
}

handler_actor::behavior_type greeter(handler_actor::pointer self, const channel& link,
                                     std::promise<std::string>* answer) {
  link.send(self, {0, blob{as_bytes("hello there")}});
  return {[=](const packet& message) {
    auto text = message.payload.view();
    answer->set_value({text.begin(), text.end()});
  }};
}

subscriber_actor::behavior_type await_end(subscriber_actor::pointer,
                                          std::promise<session_end>* ended) {
  return {[](const peer_added&) {}, [=](const peer_dropped& x) { ended->set_value(x.end); },
          [](const session_failed&) {}, [](const message_event&) {}};
}

struct config : caf::actor_system_config {
  config() {
    add_types(*this);
    prefer_low_latency(*this);
    load_middleman(*this);
  }
};

/// Hosts handlers until its stdin ends.
int host() {
  config settings;
  caf::actor_system system{settings};
  auto handlers = host_handlers(system, handled_by(echo));
  auto port = publish(handlers);
  std::cout << (port ? std::to_string(*port) : describe(port.error())) << std::endl;
  std::cin.get();
  caf::anon_send_exit(handlers, caf::exit_reason::user_shutdown);
  return port ? 0 : 1;
}

template <class T>
T get(std::promise<T>& from, const T& otherwise) {
  auto value = from.get_future();
  return value.wait_for(10s) == std::future_status::ready ? value.get() : otherwise;
}

int run(const std::string& program) {
  std::promise<std::string> answer;
  std::promise<session_end> ended;
  net::asio_network network; // Outlives the actor system.
  config settings;
  caf::actor_system system{settings};
  child_process far{{program, "host"}};
  auto port = parse_port(far.read_line(child_process::clock::now() + 10s).value_or(""));
  auto handlers =
    connect<handler_host_actor>(system, {"127.0.0.1", port ? *port : std::uint16_t{0}});
  if (!handlers) {
    std::cerr << describe(handlers.error()) << '\n';
    return 1;
  }

  crypto::system_random random;
  auto start = [&](handler_factory handler) {
    node_config setup{crypto::private_key::generate(random)};
    setup.protocols = {{.name = "echo", .version = 1, .length = 1, .spawn = std::move(handler)}};
    return spawn_node(system, network, std::move(setup));
  };
  auto server = start(handled_remotely(*handlers));
  auto client = start(handled_by(greeter, &answer));
  auto events = system.spawn(await_end, &ended);
  caf::anon_send(client, subscribe_atom::value, events);

  caf::scoped_actor self{system};
  auto complain = [](const caf::error& why) { std::cerr << describe(why) << '\n'; };
  enode url;
  self->request(server, caf::infinite, listen_atom::value, endpoint{"127.0.0.1", 0})
    .receive([&](const enode& where) { url = where; }, complain);
  self->request(client, caf::infinite, dial_atom::value, url)
    .receive([](const peer_info& x) { std::cout << "met " << x.id.brief() << '\n'; }, complain);

  auto came_back = get(answer, std::string{"nothing"});
  std::cout << "came back: " << came_back << "\nnow the handler's process is killed\n";
  far.signal(SIGKILL);
  auto end = get(ended, session_end{});
  std::cout << "ended by " << (end.remote_requested ? "the remote" : "us") << ": "
            << to_string(end.reason) << '\n';
  for (const auto& node : {server, client})
    self->send_exit(node, caf::exit_reason::user_shutdown);
  self->send_exit(events, caf::exit_reason::user_shutdown);
  return came_back == "hello there" && end.remote_requested ? 0 : 1;
}

int main(int argc, char** argv) {
  return argc > 1 && std::string{argv[1]} == "host" ? host() : run(argv[0]);
}
