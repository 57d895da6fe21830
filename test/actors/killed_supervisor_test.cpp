// SPDX-License-Identifier: BSL-1.0
//
// A supervisor that is killed reports nothing: how the node takes it, and what is left.
#include "devp2p/messages/caf.hpp"

#include "node_fixture.hpp"

#include <array>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(killed_supervisor_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

settings one_of_each() {
  settings out;
  out.max_peers = out.max_pending = 1;
  out.dial_ratio = 0;
  return out;
}

/// Outlives the world of the fixture.
struct handler_inbox {
  inbox handler;
};

/// A node that has a place for one session and one that does not run yet.
struct fixture : handler_inbox, node_fixture {
  fixture() : node_fixture(one_of_each()) {}

  /// A node whose handler's end the test sees.
  test_node other{world, "10.0.1.1", random, {make_protocol("test", 1, 8, collect(&handler))}};

  /// Kills the supervisor of the node's only session.
  void kill_supervisor() {
    // Gives the supervisor something to do.
    anon_send_to(subject.handle, peers_atom_v);
    caf::anon_send_exit(next_supervisor(), caf::exit_reason::kill);
  }

  bool has_place() {
    test_node next{world, "10.0.7.1", random, test_protocol()};
    auto out = dial(next, subject.url).value.has_value();
    caf::anon_send_exit(next.handle, caf::exit_reason::user_shutdown);
    world.advance(10s);
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_supervisor_that_is_killed, fixture)

BOOST_AUTO_TEST_CASE(is_the_end_of_its_session_for_the_node) {
  BOOST_REQUIRE(dial(other, subject.url).value);
  BOOST_TEST(!has_place());
  kill_supervisor();
  world.run();
  BOOST_REQUIRE(subject.events.dropped.size() == 1u);
  const auto& end = subject.events.dropped[0].end;
  BOOST_TEST((subject.events.dropped[0].id == other.key.id()));
  BOOST_TEST(to_string(end.reason) == to_string(reason::network_error));
  BOOST_TEST(end.error == describe(caf::exit_reason::kill));
  BOOST_TEST(!end.remote_requested);
  BOOST_TEST(!end.sent);
  BOOST_TEST(info().peers == 0u);
  auto known = ask<std::vector<peer_info>>(world, subject.handle, peers_atom_v);
  BOOST_TEST(known.value.value().empty());
  // The place is free at once.
  BOOST_TEST(has_place());
  // No more events of it come later. The second drop is of the node that took the place.
  BOOST_TEST(subject.events.dropped.size() == 2u);
  // The failure is of the node that had found no place.
  BOOST_TEST(subject.events.failed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(takes_its_peer_pinger_and_handlers_along) {
  const auto before = world.living();
  BOOST_REQUIRE(dial(other, subject.url).value);
  // Two ends of three actors each, and the pingers of both nodes.
  BOOST_TEST(world.living() == before + 8);
  kill_supervisor();
  world.run();
  BOOST_TEST(other.events.dropped.size() == 1u);
  world.advance(10s);
  BOOST_TEST(world.living() == before);
  BOOST_TEST((handler.end == errc::session_closed));
}

BOOST_AUTO_TEST_CASE(takes_them_along_at_its_own_end) {
  // The node under test is now the one whose handler's end the test sees.
  BOOST_REQUIRE(ask<enode>(world, other.handle, listen_atom_v, other.url.address).value);
  auto remote = stranger(1);
  BOOST_REQUIRE(remote->meet(other.url.address, other.key.id(), {{"test", 1}}));
  anon_send_to(other.handle, peers_atom_v);
  caf::anon_send_exit(next_supervisor(), caf::exit_reason::kill);
  world.run();
  BOOST_TEST((handler.end == caf::exit_reason::kill));
  BOOST_TEST(remote->closed());
  BOOST_TEST(remote->goodbyes().empty());
  BOOST_TEST(other.events.dropped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(before_its_session_runs_gives_its_place_back) {
  std::unique_ptr<net::stream> connection;
  auto dialling = world.host("10.0.2.1").dial(subject.url.address, [&](auto outcome) {
    connection = std::move(*outcome);
  });
  auto victim = next_supervisor();
  world.run();
  BOOST_TEST(info().pending == 1u);
  caf::anon_send_exit(victim, caf::exit_reason::kill);
  world.run();
  BOOST_REQUIRE(subject.events.failed.size() == 1u);
  BOOST_TEST(subject.events.failed[0].end.error == describe(caf::exit_reason::kill));
  BOOST_TEST(subject.events.dropped.empty());
  std::array<std::uint8_t, 8> any{};
  BOOST_TEST(connection->read_some(any).error.has_value());
  BOOST_TEST(info().pending == 0u);
  BOOST_TEST(has_place());
}

BOOST_AUTO_TEST_CASE(after_its_session_is_told_of_once) {
  BOOST_REQUIRE(dial(other, subject.url).value);
  anon_send_to(subject.handle, close_atom_v, other.key.id(), reason::requested);
  BOOST_REQUIRE(world.run_until([&] { return !subject.events.dropped.empty(); }));
  // The supervisor lingers; its next deadline is that of its handlers.
  caf::anon_send_exit(supervisor_at_its_deadline(), caf::exit_reason::kill);
  world.advance(10s);
  BOOST_TEST(subject.events.dropped.size() == 1u);
  BOOST_TEST(to_string(subject.events.dropped[0].end.reason) == to_string(reason::requested));
  BOOST_TEST(has_place());
}

BOOST_AUTO_TEST_CASE(does_not_keep_a_node_from_ending) {
  BOOST_REQUIRE(dial(other, subject.url).value);
  caf::anon_send_exit(subject.handle, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(next_supervisor(), caf::exit_reason::kill);
  world.advance(10s);
  // The other node, and two subscribers.
  BOOST_TEST(world.living() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
