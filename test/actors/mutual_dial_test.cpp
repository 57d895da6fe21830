// SPDX-License-Identifier: BSL-1.0
//
// What becomes of two nodes that dial each other at once.
#include "two_nodes.hpp"

#include "devp2p/kit/raw_remote.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
namespace {

using namespace std::chrono_literals;

/// Both listen. `larger` has the larger id.
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
      BOOST_REQUIRE(ask<enode>(world, x->handle, listen_atom::value, x->url.address).value);
  }

  auto dial(const test_node& from, const enode& to) {
    return self->request(from.handle, caf::infinite, dial_atom::value, to);
  }

  void there_is_one_session() {
    for (auto* x : {&left, &right}) {
      auto peers = ask<std::vector<peer_info>>(world, x->handle, peers_atom::value).value;
      BOOST_REQUIRE((peers && peers->size() == 1));
      BOOST_TEST(x->events.added.size() == 1u);
      BOOST_TEST(x->events.dropped.empty());
      auto info = ask<node_info>(world, x->handle, info_atom::value).value.value();
      BOOST_TEST((info.peers == 1 && info.pending == 0));
    }
    BOOST_TEST(larger_has_dialled() == smaller.events.added.at(0).peer.inbound);
    // Two nodes, two subscribers, who asked, and twice the four of a session.
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
        // The other dials when the first is somewhere on its way.
        for (int i = 0; i < steps; ++i)
          fixture.world.run_one();
        auto two = fixture.dial(second, first.url);
        fixture.world.advance(10s);
        fixture.there_is_one_session();
        // Who dials first has it; the larger may be a little later, too.
        auto larger_won = fixture.larger_has_dialled();
        BOOST_TEST((larger_won || (!larger_first && steps > 0)));
        BOOST_TEST(!(changed && larger_won));
        changed = changed || !larger_won;
        // The first was answered with the session that there is; so was the second, unless there
        // already was one.
        one.receive(mutual_fixture::succeeded, mutual_fixture::failed);
        two.receive(mutual_fixture::succeeded,
                    [](const caf::error& why) { BOOST_TEST((why == errc::already_connected)); });
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
  for (std::uint64_t seed = 1; seed < 8; ++seed) {
    mutual_fixture fixture{seed, full};
    was_smaller = was_smaller || &fixture.smaller == &fixture.left;
    auto let_in = fixture.dial(fixture.left, fixture.right.url);
    auto refused = fixture.dial(fixture.right, fixture.left.url);
    fixture.world.advance(10s);
    for (auto* answer : {&let_in, &refused})
      answer->receive(mutual_fixture::succeeded, mutual_fixture::failed);
    fixture.there_is_one_session();
    BOOST_TEST(!fixture.left.events.added.at(0).peer.inbound);
  }
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

} // namespace devp2p::test
