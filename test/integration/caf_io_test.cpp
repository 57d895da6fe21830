// SPDX-License-Identifier: BSL-1.0
//
// A node, its subscriber and a handler in different actor systems, connected by CAF's middleman.
#include "devp2p/actors/node.hpp"
#include "devp2p/net/asio/asio_network.hpp"
#include "devp2p/net/crypto/system_random.hpp"

#include "child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <csignal>
#include <future>
#include <memory>

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

/// Hands over the end of the first session.
subscriber_actor::behavior_type await_end(subscriber_actor::pointer,
                                          const std::shared_ptr<std::promise<session_end>>& first) {
  return {[](const peer_added&) {}, [=](peer_dropped& x) { first->set_value(std::move(x.end)); },
          [](const session_failed&) {}, [](const message_event&) {}};
}

/// A node, and who hears of the end of its session.
struct participant {
  participant(caf::actor_system& system, net::network& network, handler_factory handler) {
    crypto::system_random random;
    node_config setup{crypto::private_key::generate(random)};
    setup.protocols = {{.name = "test", .version = 1, .length = 1, .spawn = std::move(handler)}};
    node = spawn_node(system, network, std::move(setup));
    witness = system.spawn(await_end, dropped);
    caf::anon_send(node, subscribe_atom::value, witness);
  }

  participant(const participant&) = delete;
  participant& operator=(const participant&) = delete;

  ~participant() {
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(witness, caf::exit_reason::user_shutdown);
  }

  std::shared_ptr<std::promise<session_end>> dropped =
    std::make_shared<std::promise<session_end>>();
  node_actor node;
  subscriber_actor witness;
};

/// The handler of `local` ended by `why`, and the remote was told whose fault that is.
void check_that_the_handler_failed(participant& local, participant& remote, caf::exit_reason why) {
  auto ended = local.dropped->get_future();
  auto here = get(ended);
  BOOST_TEST(to_string(here.reason) == to_string(disconnect_reason::subprotocol_error));
  BOOST_TEST(here.error == "test/1: " + describe(why));
  BOOST_TEST(!here.remote_requested);
  BOOST_TEST(here.sent);
  auto told = remote.dropped->get_future();
  auto there = get(told);
  BOOST_TEST(to_string(there.reason) == to_string(disconnect_reason::subprotocol_error));
  BOOST_TEST(there.remote_requested);
}

handler_factory always(handler_actor handler) {
  return [=](auto&, auto&) { return handler; };
}

} // namespace

BOOST_AUTO_TEST_CASE(a_session_spans_actor_systems) {
  std::promise<blob> received;
  std::promise<peer_info> added;
  net::asio_network network;
  blob payload{bytes(100000, 0xab)};

  config here_settings;
  caf::actor_system here{here_settings};
  auto there_settings = std::make_unique<config>();
  auto there = std::make_unique<caf::actor_system>(*there_settings);

  // The handler of our node lives over there.
  auto far_handler = there->spawn(receiver, &received);
  auto handler = connect<handler_actor>(here, publish(*there, far_handler));
  participant local{here, network, always(handler)};

  // So does who controls the node.
  auto far_node = connect<node_actor>(*there, publish(here, local.node));
  auto listen = [&](subscriber_actor::pointer) -> subscriber_actor::behavior_type {
    return {[&](peer_added& x) { added.set_value(std::move(x.peer)); }, [](const peer_dropped&) {},
            [](const session_failed&) {}, [](const message_event&) {}};
  };
  auto subscriber = there->spawn(listen);
  caf::anon_send(far_node, subscribe_atom::value, subscriber);
  auto url = ask<enode>(*there, far_node, listen_atom::value, endpoint{"127.0.0.1", 0});

  participant remote{here, network, handled_by(sender, payload)};
  auto session = ask<peer_info>(here, remote.node, dial_atom::value, url);

  auto was_received = received.get_future();
  BOOST_TEST((get(was_received) == payload));
  auto was_added = added.get_future();
  BOOST_TEST(get(was_added).greeting.client_id == session.greeting.client_id);
  BOOST_TEST(ask<std::vector<peer_info>>(*there, far_node, peers_atom::value).size() == 1u);

  caf::anon_send_exit(far_handler, caf::exit_reason::kill);
  check_that_the_handler_failed(local, remote, caf::exit_reason::kill);
  // Only now does its actor system go.
  caf::anon_send_exit(subscriber, caf::exit_reason::user_shutdown);
  subscriber = nullptr;
  far_node = nullptr;
  far_handler = nullptr;
  there.reset();
}

BOOST_AUTO_TEST_CASE(a_session_ends_when_the_process_of_its_handler_dies) {
  const auto deadline = child_process::clock::now() + patience;
  net::asio_network network;
  config settings;
  caf::actor_system system{settings};
  child_process far{{DEVP2P_FAR_HANDLER}};
  auto port = far.read_line(deadline);
  BOOST_REQUIRE(port);
  auto handler = connect<handler_actor>(system, static_cast<std::uint16_t>(std::stoi(*port)));
  participant local{system, network, always(handler)};
  participant remote{system, network, handled_by(sender, blob{bytes(1234)})};
  auto url = ask<enode>(system, local.node, listen_atom::value, endpoint{"127.0.0.1", 0});
  ask<peer_info>(system, remote.node, dial_atom::value, url);
  BOOST_TEST(far.read_line(deadline).value_or("nothing") == "1234");

  far.signal(SIGKILL);
  BOOST_TEST(far.wait(deadline).value_or(0) == 128 + SIGKILL);
  check_that_the_handler_failed(local, remote, caf::exit_reason::remote_link_unreachable);
}

} // namespace devp2p::test
