// SPDX-License-Identifier: BSL-1.0
//
// A node, its subscriber and a handler in different actor systems, connected by CAF's middleman.
#include "participant.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/on_events.hpp"

#include "child_process.hpp"

#include <csignal>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(caf_io_test)

namespace {

/// Passes on the first payload.
handler_actor::behavior_type receiver(handler_actor::pointer, std::promise<blob>* first) {
  return {[=](const packet& x) { first->set_value(x.payload); }};
}

handler_actor::behavior_type sender(handler_actor::pointer self, const channel& link,
                                    const blob& what) {
  link.send(self, {0, what});
  return {[](const packet&) {}};
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

  connected_config here_settings;
  caf::actor_system here{here_settings};
  auto there_settings = std::make_unique<connected_config>();
  auto there = std::make_unique<caf::actor_system>(*there_settings);

  // The handler of our node lives in the other system.
  auto far_handler = there->spawn(receiver, &received);
  auto handler =
    value_of(connect<handler_actor>(here, {"127.0.0.1", value_of(publish(far_handler))}));
  participant local{here, network, always(handler)};

  // The actor that controls the node lives there, too.
  auto far_node =
    value_of(connect<node_actor>(*there, {"127.0.0.1", value_of(publish(local.node))}));
  auto listen = [&](subscriber_actor::pointer) {
    return on_events([&](const peer_added& x) { added.set_value(x.peer); });
  };
  auto subscriber = there->spawn(listen);
  anon_send_to(far_node, subscribe_atom_v, subscriber);
  auto url = ask<enode>(*there, far_node, listen_atom_v, endpoint{"127.0.0.1", 0});

  participant remote{here, network, handled_by(sender, payload)};
  auto session = ask<peer_info>(here, remote.node, dial_atom_v, url);

  auto was_received = received.get_future();
  BOOST_TEST((get(was_received) == payload));
  auto was_added = added.get_future();
  BOOST_TEST(get(was_added).greeting.client_id == session.greeting.client_id);
  BOOST_TEST(ask<std::vector<peer_info>>(*there, far_node, peers_atom_v).size() == 1u);

  caf::anon_send_exit(far_handler, caf::exit_reason::kill);
  check_that_the_handler_failed(local, remote, caf::exit_reason::kill);
  // The other system ends only now.
  caf::anon_send_exit(subscriber, caf::exit_reason::user_shutdown);
  subscriber = nullptr;
  far_node = nullptr;
  far_handler = nullptr;
  there.reset();
}

BOOST_AUTO_TEST_CASE(a_session_ends_when_the_process_of_its_handler_dies) {
  const auto deadline = child_process::clock::now() + patience;
  net::asio_network network;
  connected_config settings;
  caf::actor_system system{settings};
  child_process far{{DEVP2P_FAR_HANDLER}};
  auto port = far.read_line(deadline);
  BOOST_REQUIRE(port);
  auto handler = value_of(
    connect<handler_actor>(system, {"127.0.0.1", static_cast<std::uint16_t>(std::stoi(*port))}));
  participant local{system, network, always(handler)};
  participant remote{system, network, handled_by(sender, blob{bytes(1234)})};
  auto url = ask<enode>(system, local.node, listen_atom_v, endpoint{"127.0.0.1", 0});
  ask<peer_info>(system, remote.node, dial_atom_v, url);
  BOOST_TEST(far.read_line(deadline).value_or("nothing") == "1234");

  far.signal(SIGKILL);
  BOOST_TEST(far.wait(deadline).value_or(0) == 128 + SIGKILL);
  check_that_the_handler_failed(local, remote, caf::exit_reason::remote_link_unreachable);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
