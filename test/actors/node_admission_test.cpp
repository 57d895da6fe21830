// SPDX-License-Identifier: BSL-1.0
//
// The admission of remotes to a node.
#include "devp2p/messages/caf.hpp"

#include "node_fixture.hpp"
#include "with_places.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(node_admission_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

} // namespace

BOOST_AUTO_TEST_SUITE(a_node)

BOOST_AUTO_TEST_CASE(that_is_full_says_so_before_hello) {
  node_fixture fixture{with_places(1)};
  auto first = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*first, fixture.subject.url).value);
  auto second = fixture.stranger(2);
  BOOST_REQUIRE(second->connect(fixture.subject.url.address));
  BOOST_REQUIRE(second->shake_hands(fixture.subject.key.id()));
  // The Disconnect is the very first message.
  BOOST_REQUIRE(second->received().size() == 1u);
  BOOST_REQUIRE(second->goodbyes().size() == 1u);
  BOOST_TEST(to_string(second->goodbyes()[0]) == to_string(reason::too_many_peers));
  BOOST_REQUIRE(fixture.subject.events.failed.size() == 1u);
  BOOST_TEST(!fixture.subject.events.failed[0].end.remote_requested);
}

BOOST_AUTO_TEST_CASE(that_has_become_full_says_so_after_hello) {
  node_fixture fixture{with_places(1)};
  auto late = fixture.stranger(1);
  BOOST_REQUIRE(late->connect(fixture.subject.url.address));
  BOOST_REQUIRE(late->shake_hands(fixture.subject.key.id()));
  auto first = fixture.another(2);
  BOOST_REQUIRE(fixture.dial(*first, fixture.subject.url).value);
  BOOST_TEST(late->greet({{"test", 1}}));
  BOOST_REQUIRE(late->goodbyes().size() == 1u);
  BOOST_TEST(to_string(late->goodbyes()[0]) == to_string(reason::too_many_peers));
}

BOOST_AUTO_TEST_CASE(that_is_full_has_place_again_when_a_peer_leaves) {
  node_fixture fixture{with_places(1)};
  auto first = fixture.another(1);
  auto second = fixture.another(2);
  BOOST_REQUIRE(fixture.dial(*first, fixture.subject.url).value);
  auto refused = fixture.dial(*second, fixture.subject.url);
  BOOST_TEST((refused.error == errc::remote_disconnect));
  BOOST_TEST(describe(refused.error) == "the remote disconnected: too many peers");
  BOOST_REQUIRE(ask<caf::unit_t>(fixture.world, fixture.subject.handle, close_atom_v,
                                 first->key.id(), reason::requested)
                  .value);
  // The place is free at once, though the old session lingers.
  BOOST_TEST(fixture.dial(*second, fixture.subject.url).value.has_value());
}

BOOST_AUTO_TEST_CASE(keeps_places_for_its_own_dials) {
  node_fixture fixture{with_places(2, 2)};
  auto first = fixture.another(1);
  auto second = fixture.another(2);
  BOOST_REQUIRE(fixture.dial(*first, fixture.subject.url).value);
  BOOST_TEST((fixture.dial(*second, fixture.subject.url).error == errc::remote_disconnect));
  auto url = ask<enode>(fixture.world, second->handle, listen_atom_v, second->url.address);
  BOOST_TEST(fixture.dial(fixture.subject, *url.value).value.has_value());
}

BOOST_AUTO_TEST_CASE(that_is_full_admits_who_is_trusted) {
  kit::seeded_random random{5};
  kit::world world;
  test_node friendly{world, "10.0.1.1", random, test_protocol()};
  test_node anyone{world, "10.0.1.2", random, test_protocol()};
  test_node subject{world,           "10.0.0.1",        random,
                    test_protocol(), with_places(1, 1), {friendly.key.id()}};
  BOOST_REQUIRE(ask<enode>(world, subject.handle, listen_atom_v, subject.url.address).value);
  auto dial = [&](const test_node& from) {
    return ask<peer_info>(world, from.handle, dial_atom_v, subject.url);
  };
  // The only place is kept for a dial.
  BOOST_TEST((dial(anyone).error == errc::remote_disconnect));
  BOOST_TEST(dial(friendly).value.has_value());
  BOOST_REQUIRE(subject.events.added.size() == 1u);
  BOOST_TEST(subject.events.added[0].peer.trusted);
  auto peers = ask<std::vector<peer_info>>(world, subject.handle, peers_atom_v).value.value();
  BOOST_REQUIRE(peers.size() == 1u);
  BOOST_TEST(peers[0].trusted);
  // Trust is the subject's, not the friend's.
  BOOST_TEST(!friendly.events.added.at(0).peer.trusted);
}

BOOST_AUTO_TEST_CASE(has_one_session_with_a_node) {
  node_fixture fixture;
  auto twin = fixture.stranger(1);
  BOOST_REQUIRE(twin->meet(fixture.subject.url.address, fixture.subject.key.id(), {{"test", 1}}));
  auto again =
    std::make_unique<kit::raw_remote>(fixture.world, "10.0.2.2", fixture.random, twin->key());
  BOOST_REQUIRE(again->connect(fixture.subject.url.address));
  BOOST_REQUIRE(again->shake_hands(fixture.subject.key.id()));
  BOOST_REQUIRE(again->goodbyes().size() == 1u);
  BOOST_TEST(to_string(again->goodbyes()[0]) == to_string(reason::already_connected));
  BOOST_TEST(twin->goodbyes().empty());
}

BOOST_AUTO_TEST_CASE(has_one_session_with_a_node_that_comes_twice_at_once) {
  node_fixture fixture;
  auto first = fixture.stranger(1);
  auto second =
    std::make_unique<kit::raw_remote>(fixture.world, "10.0.2.2", fixture.random, first->key());
  for (auto* x : {first.get(), second.get()}) {
    BOOST_REQUIRE(x->connect(fixture.subject.url.address));
    BOOST_REQUIRE(x->shake_hands(fixture.subject.key.id()));
  }
  BOOST_TEST(first->greet({{"test", 1}}));
  second->greet({{"test", 1}});
  BOOST_TEST(first->goodbyes().empty());
  BOOST_REQUIRE(second->goodbyes().size() == 1u);
  BOOST_TEST(to_string(second->goodbyes()[0]) == to_string(reason::already_connected));
}

BOOST_AUTO_TEST_CASE(gives_no_slot_to_a_session_that_is_over) {
  node_fixture fixture;
  auto late = fixture.stranger(1);
  BOOST_REQUIRE(late->connect(fixture.subject.url.address));
  BOOST_REQUIRE(late->shake_hands(fixture.subject.key.id()));
  // The remote's Hello is read at the very moment of its deadline.
  auto supervisor = fixture.supervisor_at_its_deadline();
  anon_send_to(caf::actor_cast<supervisor_actor>(supervisor), late->introduction({{"test", 1}}));
  fixture.world.advance(10s);
  BOOST_TEST(fixture.info().peers == 0u);
  BOOST_TEST(fixture.subject.events.added.empty());
  auto again =
    std::make_unique<kit::raw_remote>(fixture.world, "10.0.2.2", fixture.random, late->key());
  BOOST_TEST(again->meet(fixture.subject.url.address, fixture.subject.key.id(), {{"test", 1}}));
}

BOOST_AUTO_TEST_CASE(has_no_session_with_itself) {
  node_fixture fixture;
  auto mirror = std::make_unique<kit::raw_remote>(fixture.world, "10.0.2.9", fixture.random,
                                                  fixture.subject.key);
  BOOST_REQUIRE(mirror->connect(fixture.subject.url.address));
  BOOST_REQUIRE(mirror->shake_hands(fixture.subject.key.id()));
  BOOST_REQUIRE(mirror->goodbyes().size() == 1u);
  BOOST_TEST(to_string(mirror->goodbyes()[0]) == to_string(reason::connected_to_self));
}

BOOST_AUTO_TEST_CASE(chooses_the_highest_version_that_both_ends_speak) {
  kit::seeded_random random{5};
  kit::world world;
  auto versions = [](std::initializer_list<std::uint64_t> all) {
    std::vector<protocol> out;
    for (auto version : all)
      out.push_back(make_protocol("test", version, version, ignore()));
    return out;
  };
  test_node left{world, "10.0.0.1", random, versions({1, 2, 4})};
  test_node right{world, "10.0.0.2", random, versions({3, 2, 1})};
  auto peer = meet(world, right, left);
  BOOST_REQUIRE(peer.value);
  BOOST_REQUIRE(peer.value->protocols.size() == 1u);
  BOOST_TEST(to_string(peer.value->protocols[0].name) == "test/2");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
