// SPDX-License-Identifier: BSL-1.0
//
// Two nodes in one process hold a session over TCP: one greets, the other echoes. Run it without
// arguments; it prints what comes back and ends.
#include "devp2p/actors/scoped_node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/actors/typed/typed_protocol.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <future>
#include <iostream>
#include <string>

using namespace devp2p;

/// The only message of the protocol.
struct say {
  std::string text;
  friend auto inspect(auto& f, say& x) { return inspect_fields(f, {"text"}, x.text); }
};

using chat = typed_protocol<"chat", 1, message<0, say>>;

/// Sends back what it receives.
chat::behavior echo(chat::handler_pointer self, const chat::channel& link) {
  return {[=](const say& x) { link.send(self, x); }};
}

/// Sends a greeting and stores the reply in `answer`.
chat::behavior greet(chat::handler_pointer self, const chat::channel& link,
                     std::promise<std::string>* answer) {
  link.send(self, say{"hello there"});
  return {[=](const say& x) { answer->set_value(x.text); }};
}

int main() {
  net::asio_network network; // Outlives the actor system.
  std::promise<std::string> answer;
  system_config config;
  caf::actor_system system{config};

  scoped_node server{
    system, network, {.key = crypto::private_key::generate(), .protocols = chat::handled_by(echo)}};
  scoped_node client{
    system,
    network,
    {.key = crypto::private_key::generate(), .protocols = chat::handled_by(greet, &answer)}};

  auto url = server.listen({"127.0.0.1", 0});
  auto met = url ? client.dial(*url) : url.error();
  if (!met) {
    std::cerr << describe(met.error()) << '\n';
    return 1;
  }
  std::cout << "met " << met->id.brief() << '\n';
  auto came_back = answer.get_future();
  auto ok = came_back.wait_for(std::chrono::seconds{5}) == std::future_status::ready;
  std::cout << (ok ? "came back: " + came_back.get() : "nothing came back") << '\n';
  return ok ? 0 : 1;
}
