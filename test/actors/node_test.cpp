// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/caf.hpp"

#include "node_fixture.hpp"

#include <functional>
#include <limits>
#include <stdexcept>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(node_test)

using namespace std::chrono_literals;
using reason = disconnect_reason;

BOOST_AUTO_TEST_SUITE(a_node)

// Listening

BOOST_AUTO_TEST_CASE(tells_where_it_listens) {
  node_fixture fixture;
  auto second =
    ask<enode>(fixture.world, fixture.subject.handle, listen_atom_v, endpoint{"10.0.0.1", 0});
  BOOST_REQUIRE(second.value);
  BOOST_TEST((second.value->id == fixture.subject.key.id()));
  BOOST_TEST(second.value->address.port != 0);
  auto listening = fixture.info().listening;
  BOOST_REQUIRE(listening.size() == 2u);
  BOOST_TEST(to_string(listening[0]) == to_string(fixture.subject.url));
  BOOST_TEST(to_string(listening[1]) == to_string(*second.value));
  // The node can be met there.
  auto other = fixture.another(1);
  BOOST_TEST(fixture.dial(*other, *second.value).value.has_value());
}

BOOST_AUTO_TEST_CASE(says_why_it_cannot_listen) {
  node_fixture fixture;
  auto taken =
    ask<enode>(fixture.world, fixture.subject.handle, listen_atom_v, fixture.subject.url.address);
  BOOST_TEST((taken.error == errc::address_in_use));
  BOOST_TEST(describe(taken.error) == "address in use: 10.0.0.1:30303");
}

BOOST_AUTO_TEST_CASE(accepts_no_more_than_may_be_pending) {
  settings limits;
  limits.max_pending = 2;
  node_fixture fixture{limits};
  auto first = fixture.stranger(1);
  auto second = fixture.stranger(2);
  auto third = fixture.stranger(3);
  for (auto* x : {first.get(), second.get(), third.get()})
    BOOST_REQUIRE(x->connect(fixture.subject.url.address));
  BOOST_TEST(fixture.info().pending == 2u);
  // The third waits in the backlog until one of the others is through, or has failed.
  BOOST_TEST(!third->shake_hands(fixture.subject.key.id()));
  BOOST_REQUIRE(first->shake_hands(fixture.subject.key.id()));
  BOOST_REQUIRE(first->greet({{"test", 1}}));
  BOOST_TEST(third->greet({{"test", 1}}));
  BOOST_TEST(fixture.info().peers == 2u);
}

BOOST_AUTO_TEST_CASE(accepts_no_more_than_may_be_pending_however_many_places_it_listens_at) {
  settings limits;
  limits.max_pending = 1;
  node_fixture fixture{limits};
  auto second_place =
    ask<enode>(fixture.world, fixture.subject.handle, listen_atom_v, endpoint{"10.0.0.1", 2})
      .value->address;
  auto first = fixture.stranger(1);
  auto second = fixture.stranger(2);
  BOOST_REQUIRE(first->connect(fixture.subject.url.address));
  BOOST_REQUIRE(second->connect(second_place));
  BOOST_TEST(fixture.info().pending == 1u);
  BOOST_REQUIRE(first->shake_hands(fixture.subject.key.id()));
  BOOST_TEST(!second->shake_hands(fixture.subject.key.id()));
  BOOST_REQUIRE(first->greet({{"test", 1}}));
  BOOST_TEST(second->greet({{"test", 1}}));
  BOOST_TEST(fixture.info().peers == 2u);
}

// Configurations

namespace {

/// Returns why `spawn_node` refuses these protocols; empty if it takes them.
std::string refusal_of(std::vector<protocol> protocols,
                       const std::function<void(node_config&)>& change = {}) {
  kit::seeded_random random{5};
  kit::world world;
  node_config config{crypto::private_key::generate(random), &random, std::move(protocols)};
  if (change)
    change(config);
  try {
    world.adopt(spawn_node(world.system(), world.host("10.0.0.1"), std::move(config)));
    return {};
  } catch (const std::invalid_argument& why) {
    BOOST_TEST(world.living() == 0u);
    return why.what();
  }
}

bool says(const std::string& text, const std::string& what) {
  return text.find(what) != text.npos;
}

protocol named(std::string name, std::uint64_t version = 1, std::uint64_t length = 8) {
  return make_protocol(std::move(name), version, length, ignore());
}

} // namespace

BOOST_AUTO_TEST_CASE(refuses_protocols_that_can_never_work) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  BOOST_TEST(refusal_of({}) == "");
  BOOST_TEST(refusal_of({named("eightchr"), named("a", 1), named("a", 2)}) == "");
  BOOST_TEST(refusal_of({named("a", 1, most - 16)}) == "");
  BOOST_TEST(says(refusal_of({named("")}), "a name has 1 to 8 visible ASCII characters"));
  BOOST_TEST(says(refusal_of({named("ninechars")}), "'ninechars'"));
  BOOST_TEST(says(refusal_of({named("\xc3\xa9\n")}), "visible ASCII"));
  BOOST_TEST(says(refusal_of({named("a b")}), "visible ASCII"));
  BOOST_TEST(says(refusal_of({named("a", 1, 0)}), "protocol a/1 has length 0"));
  BOOST_TEST(says(refusal_of({named("a", 1, most)}), "2^64"));
  BOOST_TEST(says(refusal_of({named("a", 1, most - 16), named("b")}), "2^64"));
  // Two versions of one name share their range of message codes.
  BOOST_TEST(refusal_of({named("a", 1, most / 2 + 8), named("a", 2, most / 2 + 8)}) == "");
  BOOST_TEST(says(refusal_of({named("a"), named("b"), named("a")}), "a/1 is listed twice"));
  BOOST_TEST(says(refusal_of({make_protocol("a", 1, 1, {})}), "no `spawn`"));
  std::vector<protocol> many;
  for (int i = 0; i < 129; ++i)
    many.push_back(named("p" + std::to_string(i)));
  BOOST_TEST(says(refusal_of(many), "too many protocols"));
  BOOST_TEST(says(
    refusal_of({named("a")}, [](node_config& x) { x.limits.client_id = std::string(5000, 'x'); }),
    "too long a client id"));
}

BOOST_AUTO_TEST_CASE(refuses_time_limits_that_would_end_everything_at_once) {
  using limit = settings::duration settings::*;
  for (limit x : {&settings::dial_timeout, &settings::handshake_timeout, &settings::ping_interval,
                  &settings::write_timeout})
    for (auto given :
         {settings::duration{-1}, settings::duration{0}, settings::duration{999'999}}) {
      auto why = refusal_of({}, [&](node_config& to) { to.limits.*x = given; });
      BOOST_TEST(says(why, "it must be 1 ms at least"), why);
      BOOST_TEST(says(why, std::to_string(given.count()) + " ns"), why);
    }
  BOOST_TEST(refusal_of({}, [](node_config& to) { to.limits.ping_interval = 1ms; }) == "");
}

BOOST_AUTO_TEST_CASE(refuses_a_gateway_that_is_null) {
  BOOST_TEST(says(refusal_of({}, [](node_config& x) { x.gateways = {nullptr}; }), "gateways[0]"));
}

BOOST_AUTO_TEST_CASE(refuses_a_system_that_does_not_know_its_messages) {
  caf::actor_system_config bare;
  caf::actor_system system{bare};
  kit::seeded_random random{5};
  net::memory_network network;
  BOOST_CHECK_EXCEPTION(
    static_cast<void>(spawn_node(system, network.host("10.0.0.1"),
                                 node_config{crypto::private_key::generate(random), &random})),
    std::invalid_argument,
    [](const auto& why) { return std::string{why.what()}.find("add_types") != std::string::npos; });
}

BOOST_AUTO_TEST_CASE(takes_the_longest_duration_for_ever) {
  constexpr auto never = settings::duration::max();
  settings limits;
  for (auto* x : {&limits.dial_timeout, &limits.handshake_timeout, &limits.ping_interval,
                  &limits.write_timeout, &limits.disconnect_timeout, &limits.linger_timeout,
                  &limits.handler_timeout})
    *x = never;
  node_fixture fixture{limits};
  auto other = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*other, fixture.subject.url).value);
  auto peers = ask<std::vector<peer_info>>(fixture.world, fixture.subject.handle, peers_atom_v);
  BOOST_TEST(peers.value.value().size() == 1u);
  fixture.world.advance(std::chrono::hours{1});
  BOOST_TEST(fixture.info().peers == 1u);
}

// Information

BOOST_AUTO_TEST_CASE(tells_what_its_protocols_tell) {
  kit::seeded_random random{5};
  kit::world world;
  auto talkative = make_protocol("test", 1, 8, ignore());
  talkative.node_info = [] { return metadata{{"network", "7"}}; };
  talkative.peer_info = [](const node_id& id) { return metadata{{"head", id.brief()}}; };
  test_node left{world, "10.0.0.1", random, {talkative}};
  test_node right{world, "10.0.0.2", random, test_protocol()};
  BOOST_REQUIRE(meet(world, right, left).value);
  auto node = ask<node_info>(world, left.handle, info_atom_v).value.value();
  BOOST_TEST(node.peers == 1u);
  BOOST_TEST(node.protocols.at("test").at("network") == "7");
  BOOST_TEST((node.capabilities == std::vector<capability>{{"test", 1}}));
  auto peers = ask<std::vector<peer_info>>(world, left.handle, peers_atom_v).value.value();
  BOOST_REQUIRE(peers.size() == 1u);
  BOOST_TEST(peers[0].protocols.at(0).info.at("head") == right.key.id().brief());
}

BOOST_AUTO_TEST_CASE(survives_protocols_that_throw_when_they_are_asked) {
  kit::seeded_random random{5};
  kit::world world;
  auto broken = make_protocol("test", 1, 8, ignore());
  broken.node_info = []() -> metadata { throw std::runtime_error{"on purpose"}; };
  broken.peer_info = [](const node_id&) -> metadata { throw std::runtime_error{"on purpose"}; };
  test_node left{world, "10.0.0.1", random, {broken}};
  test_node right{world, "10.0.0.2", random, test_protocol()};
  BOOST_REQUIRE(meet(world, right, left).value);
  BOOST_TEST(ask<node_info>(world, left.handle, info_atom_v).value.has_value());
  BOOST_TEST(ask<std::vector<peer_info>>(world, left.handle, peers_atom_v).value->size() == 1u);
  BOOST_TEST(left.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(answers_who_asks_for_its_peers_even_if_it_is_killed) {
  node_fixture fixture;
  auto other = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*other, fixture.subject.url).value);
  caf::scoped_actor self{fixture.world.system()};
  auto asked = request_from(self, fixture.subject.handle, caf::infinite, peers_atom_v);
  static_cast<void>(fixture.next_supervisor());
  caf::anon_send_exit(fixture.subject.handle, caf::exit_reason::kill);
  caf::anon_send_exit(fixture.next_supervisor(), caf::exit_reason::kill);
  fixture.world.run();
  BOOST_REQUIRE(self->has_next_message());
  std::move(asked).receive([](const std::vector<peer_info>&) {},
                           [](const caf::error& why) { BOOST_TEST((why == errc::shutting_down)); });
}

BOOST_AUTO_TEST_CASE(warns_of_a_hello_that_not_every_node_reads) {
  settings limits;
  limits.client_id = std::string(900, 'x');
  node_fixture fits{limits};
  BOOST_TEST(fits.subject.log->with("our Hello has").empty());
  limits.client_id = std::string(1000, 'x');
  node_fixture too_long{limits};
  BOOST_TEST(too_long.subject.log->with("our Hello has").size() == 1u);
}

BOOST_AUTO_TEST_CASE(without_peers_tells_of_none) {
  node_fixture fixture;
  auto peers = ask<std::vector<peer_info>>(fixture.world, fixture.subject.handle, peers_atom_v);
  BOOST_REQUIRE(peers.value);
  BOOST_TEST(peers.value->empty());
}

BOOST_AUTO_TEST_CASE(does_not_know_who_is_no_peer) {
  node_fixture fixture;
  auto closed = ask<caf::unit_t>(fixture.world, fixture.subject.handle, close_atom_v, node_id{},
                                 reason::requested);
  BOOST_TEST((closed.error == errc::no_such_peer));
}

// The end of a node

BOOST_AUTO_TEST_CASE(tells_every_peer_that_it_quits_and_ends_after_its_sessions) {
  node_fixture fixture;
  std::vector<std::unique_ptr<test_node>> others;
  for (int i = 1; i <= 5; ++i) {
    others.push_back(fixture.another(i));
    BOOST_REQUIRE(fixture.dial(*others.back(), fixture.subject.url).value);
  }
  auto before = fixture.world.living();
  caf::anon_send_exit(fixture.subject.handle, caf::exit_reason::user_shutdown);
  fixture.world.advance(1s);
  for (const auto& x : others) {
    BOOST_REQUIRE(x->events.dropped.size() == 1u);
    BOOST_TEST(to_string(x->events.dropped[0].end.reason) == to_string(reason::client_quitting));
    BOOST_TEST(x->events.dropped[0].end.remote_requested);
  }
  // Ten ends of three actors each, the pingers of six nodes, and the node.
  BOOST_TEST(before - fixture.world.living() == 37u);
}

BOOST_AUTO_TEST_CASE(reports_a_session_whose_supervisor_is_killed) {
  node_fixture fixture;
  auto other = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*other, fixture.subject.url).value);
  caf::scoped_actor self{fixture.world.system()};
  auto closed = request_from(self, fixture.subject.handle, caf::infinite, close_atom_v,
                             other->key.id(), reason::requested);
  caf::anon_send_exit(fixture.next_supervisor(), caf::exit_reason::kill);
  fixture.world.advance(10s);
  BOOST_REQUIRE(fixture.subject.events.dropped.size() == 1u);
  BOOST_TEST(!fixture.subject.events.dropped[0].end.remote_requested);
  BOOST_TEST(other->events.dropped.size() == 1u);
  BOOST_REQUIRE(self->has_next_message());
  std::move(closed).receive([] {}, [](const caf::error& why) { BOOST_ERROR(describe(why)); });
  BOOST_TEST(fixture.info().peers == 0u);
  // The two nodes, their subscribers, and the actor that asked.
  BOOST_TEST(fixture.world.living() == 5u);
}

BOOST_AUTO_TEST_CASE(that_is_killed_takes_its_sessions_along) {
  node_fixture fixture;
  auto other = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*other, fixture.subject.url).value);
  caf::anon_send_exit(fixture.subject.handle, caf::exit_reason::kill);
  fixture.world.advance(10s);
  BOOST_REQUIRE(other->events.dropped.size() == 1u);
  BOOST_TEST(to_string(other->events.dropped[0].end.reason) == to_string(reason::client_quitting));
  // The other node, and two subscribers.
  BOOST_TEST(fixture.world.living() == 3u);
}

BOOST_AUTO_TEST_CASE(lingers_with_no_more_sessions_than_it_may) {
  settings limits;
  limits.max_lingering = 2;
  node_fixture fixture{limits};
  std::vector<std::unique_ptr<kit::raw_remote>> remotes;
  for (int i = 1; i <= 4; ++i) {
    remotes.push_back(fixture.stranger(i));
    BOOST_REQUIRE(
      remotes.back()->meet(fixture.subject.url.address, fixture.subject.key.id(), {{"test", 1}}));
  }
  // All sessions are closed in one go, so that none has had time to end.
  for (const auto& x : remotes)
    anon_send_to(fixture.subject.handle, close_atom_v, x->key().id(), reason::requested);
  fixture.world.run();
  // Each of the remotes was told; those that were closed at once see it.
  for (const auto& x : remotes)
    BOOST_TEST(x->goodbyes().size() == 1u);
  // The node, its subscriber, and two sessions of a supervisor and a peer.
  BOOST_TEST(fixture.world.living() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
