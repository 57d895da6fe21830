// SPDX-License-Identifier: BSL-1.0
//
// Two nodes that dial each other at once.
#include "devp2p/kit/for_each_seed.hpp"
#include "devp2p/messages/session.hpp"

#include "raw_fixture.hpp"

#include "devp2p/messages/caf.hpp"

#include <caf/actor_cast.hpp>

#include <boost/test/unit_test.hpp>

#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(mutual_dial_test)

namespace {

using namespace std::chrono_literals;

/// Two nodes that both listen. `larger` has the larger id.
struct mutual_fixture {
  inbox boxes[2];
  kit::seeded_random random;
  kit::world world;
  test_node left;
  test_node right;
  test_node& larger;
  test_node& smaller;
  caf::scoped_actor self{world.system()};

  explicit mutual_fixture(std::uint64_t seed, const settings& limits_of_left = {})
    : random(seed),
      left{world, "10.0.0.1", random, {with_handler(boxes[0])}, limits_of_left},
      right{world, "10.0.0.2", random, {with_handler(boxes[1])}},
      larger(left.key.id() > right.key.id() ? left : right),
      smaller(&larger == &left ? right : left) {
    for (auto* x : {&left, &right})
      BOOST_REQUIRE(ask<enode>(world, x->handle, listen_atom_v, x->url.address).value);
  }

  auto dial(const test_node& from, const enode& to) {
    return request_from(self, from.handle, caf::infinite, dial_atom_v, to);
  }

  void there_is_one_session() {
    for (auto* x : {&left, &right}) {
      auto peers = ask<std::vector<peer_info>>(world, x->handle, peers_atom_v).value;
      BOOST_REQUIRE((peers && peers->size() == 1));
      BOOST_TEST(x->events.added.size() == 1u);
      BOOST_TEST(x->events.dropped.empty());
      auto info = ask<node_info>(world, x->handle, info_atom_v).value.value();
      BOOST_TEST((info.peers == 1 && info.pending == 0));
    }
    BOOST_TEST(larger_has_dialled() == smaller.events.added.at(0).peer.inbound);
    // Two nodes, two subscribers, the actor that asked, and four actors at each end of the session.
    BOOST_TEST(world.living() == 13u);
  }

  bool larger_has_dialled() const { return !larger.events.added.at(0).peer.inbound; }

  static protocol with_handler(inbox& out) { return make_protocol("test", 1, 8, collect(&out)); }
  static void succeeded(const peer_info&) {}
  static void failed(const caf::error& why) { BOOST_ERROR(describe(why)); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(two_nodes_that_dial_each_other)

BOOST_AUTO_TEST_CASE(have_one_session_the_larger_ids_if_it_was_not_too_late) {
  for (bool larger_first : {false, true}) {
    bool changed = false;
    for (int steps = 0; steps < 60; ++steps) {
      BOOST_TEST_CONTEXT("after " << steps << " steps, larger first: " << larger_first) {
        mutual_fixture fixture{static_cast<std::uint64_t>(steps)};
        auto& first = larger_first ? fixture.larger : fixture.smaller;
        auto& second = larger_first ? fixture.smaller : fixture.larger;
        auto one = fixture.dial(first, second.url);
        // The other node dials when the first dial is somewhere on its way.
        for (int i = 0; i < steps; ++i)
          fixture.world.run_one();
        auto two = fixture.dial(second, first.url);
        fixture.world.advance(10s);
        fixture.there_is_one_session();
        // The node that dials first has its session. The one with the larger id may dial a little
        // later, too.
        auto larger_won = fixture.larger_has_dialled();
        BOOST_TEST((larger_won || (!larger_first && steps > 0)));
        BOOST_TEST(!(changed && larger_won));
        changed = changed || !larger_won;
        // The first was answered with the session that there is; so was the second, unless there
        // already was one.
        std::move(one).receive(mutual_fixture::succeeded, mutual_fixture::failed);
        std::move(two).receive(mutual_fixture::succeeded, [](const caf::error& why) {
          BOOST_TEST((why == errc::already_connected));
        });
      }
    }
    BOOST_TEST(changed == !larger_first);
  }
}

BOOST_AUTO_TEST_CASE(have_the_smaller_ids_if_the_larger_is_not_let_in) {
  // The only place is kept for a session that the node has dialled itself.
  settings full;
  full.max_peers = 1;
  bool was_smaller = false;
  kit::for_each_seed(7, [&](std::uint64_t seed) {
    mutual_fixture fixture{seed, full};
    was_smaller = was_smaller || &fixture.smaller == &fixture.left;
    auto let_in = fixture.dial(fixture.left, fixture.right.url);
    auto refused = fixture.dial(fixture.right, fixture.left.url);
    fixture.world.advance(10s);
    for (auto* answer : {&let_in, &refused})
      answer->receive(mutual_fixture::succeeded, mutual_fixture::failed);
    fixture.there_is_one_session();
    BOOST_TEST(!fixture.left.events.added.at(0).peer.inbound);
  });
  BOOST_TEST(was_smaller);
}

BOOST_AUTO_TEST_CASE(have_the_smaller_ids_if_the_larger_has_dialled_a_stale_address) {
  mutual_fixture fixture{1};
  kit::raw_remote silent{fixture.world, "10.0.0.9", fixture.random};
  silent.listen(30303);
  auto stale = fixture.smaller.url;
  stale.address = {"10.0.0.9", 30303};
  auto one = fixture.dial(fixture.larger, stale);
  fixture.world.run();
  BOOST_REQUIRE(silent.accepted());
  auto two = fixture.dial(fixture.smaller, fixture.larger.url);
  fixture.world.advance(4s);
  for (auto* answer : {&one, &two})
    answer->receive(mutual_fixture::succeeded, mutual_fixture::failed);
  fixture.there_is_one_session();
  BOOST_TEST(!fixture.larger_has_dialled());
  BOOST_TEST(silent.closed());
}

BOOST_AUTO_TEST_SUITE_END()

// A node and a remote by hand

namespace {

/// A node dials a remote with a smaller id. The remote has also connected on its own, and that
/// connection is held meanwhile.
struct held_fixture : raw_fixture {
  crypto::private_key key = smaller_key();
  kit::raw_remote dialled{world, "10.0.0.70", random, key};
  kit::raw_remote held{world, "10.0.0.71", random, key};
  caf::scoped_actor self{world.system()};

  explicit held_fixture(const settings& limits = {}) : raw_fixture(limits) {}

  crypto::private_key smaller_key() {
    auto out = crypto::private_key::generate(random);
    while (out.id() > node.key.id())
      out = crypto::private_key::generate(random);
    return out;
  }

  void dial(kit::raw_remote& at, const std::string& address) {
    at.listen(30303);
    send_to(self, node.handle, dial_atom_v, enode{key.id(), {address, 30303}, 30303});
    world.run();
    BOOST_REQUIRE(at.accepted());
  }

  /// Lets `who` prove its identity; the node then holds its connection.
  void hold(kit::raw_remote& who) {
    BOOST_REQUIRE(who.connect(node.url.address));
    BOOST_REQUIRE(who.shake_hands(node.key.id()));
    BOOST_REQUIRE(who.received().empty());
  }

  std::uint64_t peers() {
    return ask<node_info>(world, node.handle, info_atom_v).value.value().peers;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_connection_that_is_held)

BOOST_AUTO_TEST_CASE(does_not_end_the_dial_that_is_about_to_run) {
  for (int steps = 0; steps < 40; ++steps) {
    BOOST_TEST_CONTEXT("after " << steps << " steps") {
      held_fixture fixture;
      auto& world = fixture.world;
      fixture.dial(fixture.dialled, "10.0.0.70");
      fixture.hold(fixture.held);
      BOOST_REQUIRE(fixture.dialled.shake_hands());
      world.network().set_conditions("10.0.0.70", "10.0.0.1", {.latency = 1s});
      auto before = world.network().delivered("10.0.0.70", "10.0.0.1");
      fixture.dialled.send_hello(fixture.dialled.introduction({{"test", 1}}));
      BOOST_REQUIRE(world.run_until(
        [&] { return world.network().delivered("10.0.0.70", "10.0.0.1") > before; }, 2s));
      // The time for which the connection may be held ends at any moment from here to the session.
      for (int i = 0; i < steps; ++i)
        world.run_one();
      anon_send_to(caf::actor_cast<node_self_actor>(fixture.node.handle), tick_atom_v,
                   fixture.key.id(), std::uint64_t{0});
      world.advance(1s);
      auto goes_on =
        !fixture.held.received().empty() && fixture.held.received().front().id == p2p::hello_id;
      BOOST_TEST((fixture.peers() == 1) != goes_on);
      BOOST_TEST(fixture.node.events.dropped.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(does_not_end_a_later_dial_when_its_time_is_over) {
  held_fixture fixture;
  fixture.dial(fixture.dialled, "10.0.0.70");
  fixture.hold(fixture.held);
  fixture.world.advance(1s);
  fixture.held.hang_up();
  fixture.dialled.hang_up();
  fixture.world.advance(1400ms);
  kit::raw_remote dialled_later{fixture.world, "10.0.0.72", fixture.random, fixture.key};
  kit::raw_remote held_later{fixture.world, "10.0.0.73", fixture.random, fixture.key};
  fixture.dial(dialled_later, "10.0.0.72");
  fixture.hold(held_later);
  fixture.world.advance(200ms);
  BOOST_TEST(!dialled_later.closed());
  fixture.world.advance(2400ms);
  BOOST_TEST(dialled_later.closed());
  BOOST_TEST(!held_later.received().empty());
}

BOOST_AUTO_TEST_CASE(does_not_end_the_dial_once_it_is_over_itself) {
  held_fixture fixture;
  BOOST_REQUIRE(fixture.held.connect(fixture.node.url.address));
  fixture.world.advance(3900ms);
  fixture.dial(fixture.dialled, "10.0.0.70");
  fixture.world.advance(100ms);
  BOOST_REQUIRE(fixture.held.shake_hands(fixture.node.key.id()));
  // The deadline of the held connection passes first, then the time for which it may be held.
  fixture.world.advance(1s);
  BOOST_TEST(fixture.held.closed());
  fixture.world.advance(3s);
  BOOST_TEST(!fixture.dialled.closed());
}

BOOST_AUTO_TEST_CASE(that_takes_the_place_of_a_dial_has_the_slot_of_one) {
  // One of two places is kept for dials.
  settings limits;
  limits.max_peers = 2;
  limits.dial_ratio = 2;
  held_fixture fixture{limits};
  // The dial takes long to get there.
  fixture.world.network().set_conditions("10.0.0.1", "10.0.0.70", {.latency = 1s});
  fixture.dialled.listen(30303);
  auto asked = request_from(fixture.self, fixture.node.handle, caf::infinite, dial_atom_v,
                            enode{fixture.key.id(), {"10.0.0.70", 30303}, 30303});
  fixture.world.run();
  BOOST_REQUIRE(fixture.held.connect(fixture.node.url.address));
  BOOST_REQUIRE(fixture.held.shake_hands(fixture.node.key.id()));
  // Another remote takes the last place for remotes that dial the node.
  BOOST_REQUIRE(fixture.meet());
  BOOST_TEST(fixture.held.greet({{"test", 1}}));
  fixture.world.advance(3s);
  BOOST_TEST(fixture.peers() == 2u);
  BOOST_REQUIRE(fixture.self->has_next_message());
  std::move(asked).receive([](const peer_info&) {},
                           [](const caf::error& why) { BOOST_ERROR(describe(why)); });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
