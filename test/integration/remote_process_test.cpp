// SPDX-License-Identifier: BSL-1.0
//
// Nodes in this process with handlers in another, and vice versa: the effects when that process
// dies, freezes or is cut off.
#include "participant.hpp"
#include "relay.hpp"

#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/on_events.hpp"

#include "child_process.hpp"

#include <algorithm>
#include <csignal>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(remote_process_test)

namespace {

using strategy = supervision::strategy;

handler_actor::behavior_type talker(handler_actor::pointer self, const channel& link,
                                    std::promise<blob>* answer, std::promise<channel>* its) {
  its->set_value(link);
  link.send(self, {0, blob{bytes(1234, 0xab)}});
  return {[=](const packet& x) { answer->set_value(x.payload); }};
}

/// A node whose handlers are in another process, behind a line that can be cut. Another node has
/// exchanged messages with it.
struct fixture {
  const child_process::clock::time_point deadline = child_process::clock::now() + patience;
  std::promise<blob> answer;
  std::promise<channel> link;
  net::asio_network network;
  connected_config settings;
  caf::actor_system system{settings};
  child_process far{{DEVP2P_FAR_HOST}};
  std::optional<relay> line;
  std::optional<participant> local;
  std::optional<participant> remote;

  explicit fixture(supervision supervised = {}) {
    line.emplace(static_cast<std::uint16_t>(std::stoi(next_line())));
    auto host = value_of(connect<handler_host_actor>(system, {"127.0.0.1", line->port()}));
    local.emplace(system, network, handled_remotely(host), supervised);
    remote.emplace(system, network, handled_by(talker, &answer, &link));
    auto url = ask<enode>(system, local->node, listen_atom_v, endpoint{"127.0.0.1", 0});
    ask<peer_info>(system, remote->node, dial_atom_v, url);
    BOOST_TEST(next_line() == "begun, after 0");
    BOOST_TEST(next_line() == "1234");
    auto came_back = answer.get_future();
    BOOST_TEST((get(came_back) == blob{bytes(1234, 0xab)}));
  }

  std::string next_line() { return far.read_line(deadline).value_or("nothing"); }

  void check_that_it_was_lost() {
    check_that_the_handler_failed(*local, *remote, caf::exit_reason::remote_link_unreachable);
  }

  /// The state of `local`'s protocol whose handler is in the other process.
  shared_protocol protocol() {
    auto peers = ask<std::vector<peer_info>>(system, local->node, peers_atom_v);
    BOOST_REQUIRE(peers.size() == 1u);
    auto is_test = [](const shared_protocol& x) { return x.name.name == "test"; };
    const auto& all = peers[0].protocols;
    return *std::find_if(all.begin(), all.end(), is_test);
  }
};

/// A node in another process whose handlers are in this one, and a node of this process that is its
/// peer.
struct far_node_fixture {
  const child_process::clock::time_point deadline = child_process::clock::now() + patience;
  std::promise<caf::error> ended;
  std::promise<peer_added> added;
  std::promise<peer_dropped> dropped;
  net::asio_network network;
  connected_config settings;
  caf::actor_system system{settings};
  handler_host_actor host;
  std::optional<child_process> far;
  node_actor node;
  subscriber_actor subscriber;
  std::optional<participant> local;
  node_id id;

  far_node_fixture() {
    auto handler = [this](handler_actor::pointer self, const channel&) {
      self->attach_functor([this](const caf::error& why) { ended.set_value(why); });
      return handler_actor::behavior_type{[](const packet&) {}};
    };
    host = host_handlers(system, handled_by(handler));
    far.emplace(std::vector<std::string>{DEVP2P_FAR_NODE, std::to_string(value_of(publish(host)))});
    auto port = far->read_line(deadline);
    BOOST_REQUIRE(port);
    node = value_of(
      connect<node_actor>(system, {"127.0.0.1", static_cast<std::uint16_t>(std::stoi(*port))}));
    auto listen = [this](subscriber_actor::pointer) {
      return on_events([this](const peer_added& x) { added.set_value(x); },
                       [this](const peer_dropped& x) { dropped.set_value(x); });
    };
    subscriber = system.spawn(listen);
    anon_send_to(node, subscribe_atom_v, subscriber);
    auto ignore = [](handler_actor::pointer, const channel&) {
      return handler_actor::behavior_type{[](const packet&) {}};
    };
    local.emplace(system, network, handled_by(ignore));
    auto url = ask<enode>(system, local->node, listen_atom_v, endpoint{"127.0.0.1", 0});
    id = ask<peer_info>(system, node, dial_atom_v, url).id;
    BOOST_TEST((id == url.id));
  }

  ~far_node_fixture() {
    caf::anon_send_exit(subscriber, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(host, caf::exit_reason::user_shutdown);
  }

  template <class T>
  static T get_from(std::promise<T>& from) {
    auto out = from.get_future();
    return get(out);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(the_process_of_a_handler)

BOOST_AUTO_TEST_CASE(is_killed) {
  fixture fixture;
  fixture.far.signal(SIGKILL);
  fixture.check_that_it_was_lost();
}

BOOST_AUTO_TEST_CASE(freezes) {
  fixture fixture;
  fixture.far.signal(SIGSTOP);
  fixture.check_that_it_was_lost();
  // The process resumes, and finds its session closed.
  fixture.far.signal(SIGCONT);
  BOOST_TEST(fixture.next_line() == "ended: " + describe(caf::make_error(errc::session_closed)));
}

BOOST_AUTO_TEST_CASE(is_cut_off) {
  fixture fixture;
  fixture.line->cut();
  fixture.check_that_it_was_lost();
  BOOST_TEST(fixture.next_line() == "ended: " + describe(caf::make_error(errc::session_closed)));
}

BOOST_AUTO_TEST_CASE(ends_its_handlers_in_good_order) {
  fixture fixture;
  BOOST_REQUIRE(fixture.far.write_line("", fixture.deadline));
  auto told = fixture.remote->dropped->get_future();
  auto there = get(told);
  BOOST_TEST(to_string(there.reason) == to_string(disconnect_reason::client_quitting));
  BOOST_TEST(there.remote_requested);
}

BOOST_AUTO_TEST_CASE(is_told_of_the_end_of_a_session) {
  fixture fixture;
  fixture.remote.reset();
  BOOST_TEST(fixture.next_line() == "ended: " + describe(caf::make_error(errc::session_closed)));
}

BOOST_AUTO_TEST_CASE(is_killed_and_done_without) {
  fixture fixture{{.when_failed = strategy::detach}};
  fixture.far.signal(SIGKILL);
  while (!fixture.protocol().detached)
    BOOST_REQUIRE(child_process::clock::now() < fixture.deadline);
}

BOOST_AUTO_TEST_CASE(lives_on_when_a_handler_of_it_fails_and_is_restarted) {
  fixture fixture{{.when_failed = strategy::restart}};
  auto link = fixture.link.get_future().get();
  link.post(packet{});
  BOOST_TEST(fixture.next_line() == "0");
  BOOST_TEST(fixture.next_line() == "ended: " + describe(caf::sec::invalid_argument));
  BOOST_TEST(fixture.next_line() == "begun, after 1");
  BOOST_TEST(fixture.protocol().restarts == 1u);
  // A second failure ends the session, with the handler's own reason.
  link.post(packet{});
  auto ended = fixture.local->dropped->get_future();
  auto end = get(ended);
  BOOST_TEST(to_string(end.reason) == to_string(disconnect_reason::subprotocol_error));
  BOOST_TEST(end.error == "test/1: " + describe(caf::sec::invalid_argument));
}

BOOST_AUTO_TEST_CASE(is_killed_so_that_restarts_are_in_vain) {
  fixture fixture{{.when_failed = strategy::restart, .intensity = 3}};
  fixture.far.signal(SIGKILL);
  fixture.check_that_it_was_lost();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_process_of_a_node)

BOOST_AUTO_TEST_CASE(is_controlled_from_here) {
  far_node_fixture fixture;
  BOOST_TEST((fixture.get_from(fixture.added).peer.id == fixture.id));
  BOOST_TEST(ask<node_info>(fixture.system, fixture.node, info_atom_v).peers == 1u);
  auto peers = ask<std::vector<peer_info>>(fixture.system, fixture.node, peers_atom_v);
  BOOST_REQUIRE(peers.size() == 1u);
  BOOST_TEST((peers[0].id == fixture.id));
  caf::scoped_actor self{fixture.system};
  request_from(self, fixture.node, patience, close_atom_v, fixture.id,
               disconnect_reason::useless_peer)
    .receive([] {}, [](const caf::error& why) { BOOST_ERROR(describe(why)); });
  auto end = fixture.get_from(fixture.dropped).end;
  BOOST_TEST(to_string(end.reason) == to_string(disconnect_reason::useless_peer));
  auto told = fixture.local->dropped->get_future();
  auto there = get(told);
  BOOST_TEST(to_string(there.reason) == to_string(disconnect_reason::useless_peer));
  BOOST_TEST(there.remote_requested);
  BOOST_TEST((fixture.get_from(fixture.ended) == errc::session_closed));
  peers = ask<std::vector<peer_info>>(fixture.system, fixture.node, peers_atom_v);
  BOOST_TEST(peers.empty());
}

BOOST_AUTO_TEST_CASE(is_killed_and_leaves_no_orphan) {
  far_node_fixture fixture;
  fixture.far->signal(SIGKILL);
  BOOST_TEST((fixture.get_from(fixture.ended) == errc::session_closed));
}

BOOST_AUTO_TEST_CASE(freezes_and_leaves_no_orphan) {
  far_node_fixture fixture;
  fixture.far->signal(SIGSTOP);
  BOOST_TEST((fixture.get_from(fixture.ended) == errc::session_closed));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
