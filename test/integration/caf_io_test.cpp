// SPDX-License-Identifier: BSL-1.0
//
// A node, its subscriber and a handler in different actor systems, connected by CAF's middleman.
#include "devp2p/actors/node.hpp"
#include "devp2p/net/asio/asio_network.hpp"
#include "devp2p/net/crypto/system_random.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <future>

namespace devp2p::test {
namespace {

constexpr auto patience = std::chrono::seconds{20};

struct config : caf::actor_system_config {
  config() {
    add_types(*this);
    load<caf::io::middleman>();
  }
};

template <class T>
T get(std::future<T>& from) {
  BOOST_REQUIRE(from.wait_for(patience) == std::future_status::ready);
  return from.get();
}

template <class Handle>
std::uint16_t publish(caf::actor_system& system, const Handle& what) {
  auto port = system.middleman().publish(what, 0, "127.0.0.1");
  if (!port)
    BOOST_FAIL(to_string(port.error()));
  return *port;
}

template <class Handle>
Handle connect(caf::actor_system& system, std::uint16_t port) {
  auto out = system.middleman().remote_actor<Handle>("127.0.0.1", port);
  if (!out)
    BOOST_FAIL(to_string(out.error()));
  return *out;
}

template <class T, class... Args>
T ask(caf::actor_system& system, const node_actor& who, const Args&... args) {
  T out;
  caf::scoped_actor self{system};
  self->request(who, patience, args...)
    .receive([&](T& x) { out = std::move(x); },
             [](const caf::error& why) { BOOST_ERROR(describe(why)); });
  return out;
}

/// Hands over the first payload.
handler_actor::behavior_type receiver(handler_actor::pointer, std::promise<blob>* first) {
  return {[=](const packet& x) { first->set_value(x.payload); }};
}

handler_actor::behavior_type sender(handler_actor::pointer self, const channel& link,
                                    const blob& what) {
  link.send(self, {0, what});
  return {[](const packet&) {}};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_session_spans_actor_systems) {
  std::promise<blob> received;
  std::promise<peer_info> added;
  std::promise<session_end> dropped;
  net::asio_network network;
  crypto::system_random random;
  blob payload{bytes(100000, 0xab)};

  config here_settings;
  caf::actor_system here{here_settings};
  auto there_settings = std::make_unique<config>();
  auto there = std::make_unique<caf::actor_system>(*there_settings);

  // The handler of our node lives over there.
  auto far_handler = there->spawn(receiver, &received);
  auto handler = connect<handler_actor>(here, publish(*there, far_handler));
  node_config setup{crypto::private_key::generate(random)};
  setup.protocols = {
    {.name = "test", .version = 1, .length = 1, .spawn = [=](auto&, auto&) { return handler; }}};
  auto node = spawn_node(here, network, std::move(setup));

  // So does who controls the node.
  auto far_node = connect<node_actor>(*there, publish(here, node));
  auto listen = [&](subscriber_actor::pointer) -> subscriber_actor::behavior_type {
    return {[&](peer_added& x) { added.set_value(std::move(x.peer)); }, [](const peer_dropped&) {},
            [](const session_failed&) {}, [](const message_event&) {}};
  };
  auto subscriber = there->spawn(listen);
  caf::anon_send(far_node, subscribe_atom::value, subscriber);
  auto url = ask<enode>(*there, far_node, listen_atom::value, endpoint{"127.0.0.1", 0});

  node_config remote_setup{crypto::private_key::generate(random)};
  remote_setup.protocols = {
    {.name = "test", .version = 1, .length = 1, .spawn = handled_by(sender, payload)}};
  auto remote = spawn_node(here, network, std::move(remote_setup));
  auto await_end = [&](subscriber_actor::pointer) -> subscriber_actor::behavior_type {
    return {[](const peer_added&) {}, [&](peer_dropped& x) { dropped.set_value(std::move(x.end)); },
            [](const session_failed&) {}, [](const message_event&) {}};
  };
  auto witness = here.spawn(await_end);
  caf::anon_send(remote, subscribe_atom::value, witness);
  auto session = ask<peer_info>(here, remote, dial_atom::value, url);

  auto was_received = received.get_future();
  BOOST_TEST((get(was_received) == payload));
  auto was_added = added.get_future();
  BOOST_TEST(get(was_added).greeting.client_id == session.greeting.client_id);
  BOOST_TEST(ask<std::vector<peer_info>>(*there, far_node, peers_atom::value).size() == 1u);

  // The other actor system goes, and with it the handler.
  caf::anon_send_exit(subscriber, caf::exit_reason::user_shutdown);
  subscriber = nullptr;
  far_node = nullptr;
  caf::anon_send_exit(far_handler, caf::exit_reason::kill);
  far_handler = nullptr;
  there.reset();
  auto was_dropped = dropped.get_future();
  auto end = get(was_dropped);
  BOOST_TEST(to_string(end.reason) == to_string(disconnect_reason::subprotocol_error));
  BOOST_TEST(end.remote_requested);

  for (const auto& x : {node, remote})
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(witness, caf::exit_reason::user_shutdown);
}

} // namespace devp2p::test
