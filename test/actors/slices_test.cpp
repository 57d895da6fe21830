// SPDX-License-Identifier: BSL-1.0
#include "two_nodes.hpp"

#include "devp2p/kit/raw_remote.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/p2p/base.hpp"
#include "devp2p/net/rlpx/compression.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(slices_test)

using reason = disconnect_reason;

namespace {

constexpr std::size_t pipe_capacity = std::size_t{32} << 20;

/// A hub with two sessions: one carries a large message, one a small one to and fro.
struct hub_fixture {
  inbox large_here;
  inbox large_there;
  inbox small;
  kit::seeded_random random{1};
  // With a seed, actors and the network have their turns in any order.
  kit::world world{{.pipe_capacity = pipe_capacity, .seed = 1}};
  test_node hub{world,
                "10.0.0.1",
                random,
                {make_protocol("large", 1, 8, collect(&large_here)),
                 make_protocol("small", 1, 8, handled_by(echo))}};
  test_node far{world, "10.0.0.2", random, {make_protocol("large", 1, 8, collect(&large_there))}};
  test_node near{world, "10.0.0.3", random, {make_protocol("small", 1, 8, collect(&small))}};

  hub_fixture() {
    BOOST_REQUIRE(meet(world, far, hub).value);
    BOOST_REQUIRE(ask<peer_info>(world, near.handle, dial_atom_v, hub.url).value);
  }

  /// Has `from` write `payload`. Returns the number of round trips of the other session until it
  /// has arrived at `to`.
  std::size_t round_trips_during(const inbox& from, const inbox& to, blob payload) {
    from.link->post(packet{0, payload});
    std::size_t out = 0;
    small.link->post(packet{0, blob{bytes(10)}});
    while (to.packets.empty()) {
      BOOST_REQUIRE(world.run_one());
      if (small.packets.size() == out)
        continue;
      ++out;
      small.link->post(packet{0, blob{bytes(10)}});
    }
    BOOST_TEST((to.packets[0].payload == payload));
    return out;
  }
};

blob repeating(std::size_t size) {
  return blob{bytes(size, 0x55)};
}

} // namespace

BOOST_FIXTURE_TEST_CASE(others_of_the_loop_go_on_while_a_large_message_is_sent, hub_fixture) {
  BOOST_TEST(round_trips_during(large_here, large_there, repeating(8 << 20)) > 3u);
}

BOOST_FIXTURE_TEST_CASE(others_of_the_loop_go_on_while_a_large_message_comes, hub_fixture) {
  BOOST_TEST(round_trips_during(large_there, large_here, repeating(8 << 20)) > 3u);
}

BOOST_FIXTURE_TEST_CASE(others_go_on_while_a_large_message_is_encrypted, hub_fixture) {
  bytes payload(8 << 20);
  random.fill(payload);
  BOOST_TEST(round_trips_during(large_here, large_there, blob{payload}) > 6u);
}

namespace {

/// A node and a remote that is driven by hand, which have their turns in any order.
struct raw_pair {
  inbox handler;
  kit::seeded_random random{3};
  kit::world world{{.pipe_capacity = pipe_capacity, .seed = 1}};
  test_node node{world, "10.0.0.1", random, {make_protocol("test", 1, 8, collect(&handler))}};
  kit::raw_remote remote{world, "10.0.0.66", random};

  raw_pair() {
    BOOST_REQUIRE(ask<enode>(world, node.handle, listen_atom_v, node.url.address).value);
    BOOST_REQUIRE(remote.meet(node.url.address, node.key.id(), {{"test", 1}}));
  }

  /// Returns the index of the first message with that identifier that the remote has received.
  std::size_t first(std::uint64_t id) const {
    const auto& all = remote.received();
    auto at = std::find_if(all.begin(), all.end(), [=](const auto& x) { return x.id == id; });
    return static_cast<std::size_t>(at - all.begin());
  }
};

} // namespace

// Whenever a session is ended, a frame that has begun is finished, and a message that has not is
// dropped.
BOOST_AUTO_TEST_CASE(a_session_may_end_at_any_time_while_a_large_message_is_sent) {
  bool dropped = false;
  bool finished = false;
  for (int steps = 0; steps < 120; steps += 5) {
    raw_pair pair;
    bytes payload(3'000'000);
    pair.random.fill(payload);
    caf::scoped_actor self{pair.world.system()};
    const auto& link = *pair.handler.link;
    auto pending = request_from(self, link.writer, caf::infinite, write_atom_v, link.place,
                                packet{0, blob{payload}});
    for (int i = 0; i < steps; ++i)
      pair.world.run_one();
    pair.world.send(pair.node.handle, close_atom_v, pair.remote.key().id(), reason::requested);
    BOOST_TEST_INFO(steps);
    BOOST_REQUIRE(pair.remote.goodbyes().size() == 1u);
    BOOST_TEST(to_string(pair.remote.goodbyes()[0]) == to_string(reason::requested));
    const auto& got = pair.remote.received();
    auto arrived = pair.first(p2p::base_length) < got.size();
    if (arrived)
      BOOST_TEST((got[pair.first(p2p::base_length)].payload == payload));
    bool refused = false;
    std::move(pending).receive([] {},
                               [&](caf::error& why) {
                                 refused = true;
                                 BOOST_TEST((why == errc::session_closed));
                               });
    BOOST_TEST((arrived || refused));
    dropped = dropped || !arrived;
    finished = finished || (arrived && refused);
  }
  BOOST_TEST(dropped);
  BOOST_TEST(finished);
}

// A ping need not wait until the message is compressed.
BOOST_AUTO_TEST_CASE(a_session_answers_pings_while_it_compresses) {
  raw_pair pair;
  anon_send_to(pair.handler.link->writer, write_atom_v, pair.handler.link->place,
               packet{0, repeating(8 << 20)});
  pair.remote.send(p2p::ping_id, p2p::ping_payload);
  BOOST_TEST(pair.first(p2p::base_length) < pair.remote.received().size());
  BOOST_TEST(pair.first(p2p::pong_id) < pair.first(p2p::base_length));
}

BOOST_AUTO_TEST_CASE(a_large_message_that_is_malformed_ends_the_session) {
  raw_pair pair;
  bytes block;
  rlpx::compress(bytes(4 << 20, 0x55), block);
  block.pop_back();
  bytes content{static_cast<std::uint8_t>(p2p::base_length)};
  content.insert(content.end(), block.begin(), block.end());
  pair.remote.send_bytes(pair.remote.seal_content(content));
  BOOST_REQUIRE(pair.node.events.dropped.size() == 1u);
  BOOST_TEST(to_string(pair.node.events.dropped[0].end.reason) ==
             to_string(reason::breach_of_protocol));
  BOOST_TEST(pair.handler.packets.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
