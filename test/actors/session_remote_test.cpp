// SPDX-License-Identifier: BSL-1.0
//
// The effects of a remote's actions on its session.
#include "raw_fixture.hpp"
#include "session_fixture.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <caf/event_based_actor.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(session_remote_test)

using namespace std::chrono_literals;
using reason = disconnect_reason;

BOOST_AUTO_TEST_SUITE(a_remote)

BOOST_AUTO_TEST_CASE(that_is_silent_ends_by_ping_timeout) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  // Three intervals after its Hello.
  fixture.world.advance(44s);
  BOOST_TEST(fixture.node.events.dropped.empty());
  BOOST_TEST(fixture.received(p2p::ping_id) == 2u);
  fixture.world.advance(1s);
  BOOST_REQUIRE(fixture.node.events.dropped.size() == 1u);
  BOOST_TEST(to_string(fixture.node.events.dropped[0].end.reason) ==
             to_string(reason::ping_timeout));
  BOOST_TEST(fixture.remote.goodbyes().size() == 1u);
}

BOOST_AUTO_TEST_CASE(that_sends_anything_at_all_is_alive) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  for (int i = 0; i < 20; ++i) {
    fixture.world.advance(14s);
    fixture.remote.send(p2p::base_length, p2p::ping_payload);
  }
  BOOST_TEST(fixture.node.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(that_pings_is_answered) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  fixture.remote.send(p2p::ping_id, p2p::ping_payload);
  BOOST_TEST(fixture.received(p2p::pong_id) == 1u);
}

BOOST_AUTO_TEST_CASE(that_answers_a_ping_late_is_measured) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  fixture.world.advance(15s);
  fixture.world.advance(40ms);
  fixture.remote.send(p2p::pong_id, p2p::ping_payload);
  fixture.world.advance(15s - 40ms);
  fixture.world.advance(120ms);
  fixture.remote.send(p2p::pong_id, p2p::ping_payload);
  auto peers = ask<std::vector<peer_info>>(fixture.world, fixture.node.handle, peers_atom_v);
  BOOST_REQUIRE(peers.value && peers.value->size() == 1u);
  // Smoothed: 40 ms and an eighth of the 80 ms more.
  BOOST_TEST((peers.value->at(0).ping == round_trip{120ms, 40ms, 50ms}));
}

BOOST_AUTO_TEST_CASE(that_never_reads_leaves_no_write_without_an_answer) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  fixture.remote.stop_reading();
  packet large{0, blob{fixture.incompressible(500000)}};
  int written = 0;
  std::vector<caf::error> refused;
  auto writer = [&](caf::event_based_actor* self) {
    for (int i = 0; i < 3; ++i)
      request_from(self, fixture.handler.link->writer, caf::infinite, write_atom_v,
                   writer_place{0, 0}, large)
        .then([&] { ++written; }, [&](caf::error& why) { refused.push_back(std::move(why)); });
  };
  fixture.world.spawn(writer);
  fixture.world.run();
  // One message is written in part; the others wait.
  BOOST_TEST((written == 0 && refused.empty()));
  fixture.close();
  BOOST_TEST(written == 0);
  BOOST_TEST((refused == std::vector<caf::error>(3, caf::make_error(errc::session_closed))));
}

BOOST_AUTO_TEST_CASE(that_never_reads_ends_by_the_write_deadline) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  fixture.remote.stop_reading();
  fixture.write({0, blob{fixture.incompressible(1000000)}});
  fixture.world.advance(19s);
  BOOST_TEST(fixture.node.events.dropped.empty());
  fixture.world.advance(1s);
  BOOST_REQUIRE(fixture.node.events.dropped.size() == 1u);
  BOOST_TEST(to_string(fixture.node.events.dropped[0].end.reason) ==
             to_string(reason::network_error));
  BOOST_TEST(!fixture.node.events.dropped[0].end.sent);
  fixture.world.advance(5s);
  // The node and its subscriber.
  BOOST_TEST(fixture.world.living() == 2u);
}

BOOST_AUTO_TEST_CASE(that_disconnects_names_the_reason_and_hears_it_back) {
  for (unsigned code = 0; code <= 0xff; ++code) {
    if (code == 0x01 || code == 0xff)
      continue; // No node sends the first one; 0xff stands for undecodable reasons.
    raw_fixture fixture;
    BOOST_REQUIRE(fixture.meet());
    auto why = static_cast<reason>(code);
    fixture.remote.send(why);
    BOOST_REQUIRE(fixture.node.events.dropped.size() == 1u);
    const auto& end = fixture.node.events.dropped[0].end;
    BOOST_TEST(to_string(end.reason) == to_string(why));
    BOOST_TEST(end.remote_requested);
    BOOST_REQUIRE(fixture.remote.goodbyes().size() == 1u);
    BOOST_TEST(to_string(fixture.remote.goodbyes()[0]) == to_string(why));
  }
}

BOOST_AUTO_TEST_CASE(that_disconnects_in_place_of_hello_is_understood_and_not_answered) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.remote.connect(fixture.node.url.address) &&
                fixture.remote.shake_hands(fixture.node.key.id()));
  fixture.remote.send(reason::too_many_peers);
  BOOST_REQUIRE(fixture.node.events.failed.size() == 1u);
  const auto& failed = fixture.node.events.failed[0];
  BOOST_TEST((failed.id == fixture.remote.key().id()));
  BOOST_TEST(to_string(failed.end.reason) == to_string(reason::too_many_peers));
  BOOST_TEST(failed.end.remote_requested);
  BOOST_TEST(fixture.remote.goodbyes().empty());
}

BOOST_AUTO_TEST_CASE(that_disconnects_right_before_it_closes_is_understood) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  // The Disconnect comes in one read with the end of the stream.
  fixture.remote.part(
    fixture.remote.seal(p2p::disconnect_id, p2p::encode_disconnect(reason::requested)));
  BOOST_REQUIRE(fixture.node.events.dropped.size() == 1u);
  BOOST_TEST(fixture.node.events.dropped[0].end.remote_requested);
}

BOOST_AUTO_TEST_CASE(that_cannot_be_written_to_may_have_said_why) {
  // The outcome is the same, however slowly the node reads.
  for (auto rate : {0, 200'000}) {
    settings limits;
    limits.max_rate_in = rate;
    // The messages need more than one turn to be read, and the Disconnect comes after them.
    raw_fixture fixture{limits, 1 << 20};
    BOOST_REQUIRE((fixture.meet() && fixture.handler.link));
    auto payload = fixture.incompressible(50000);
    bytes last;
    for (int i = 0; i < 6; ++i) {
      auto frame = fixture.remote.seal(p2p::base_length, payload);
      last.insert(last.end(), frame.begin(), frame.end());
    }
    auto goodbye =
      fixture.remote.seal(p2p::disconnect_id, p2p::encode_disconnect(reason::requested));
    last.insert(last.end(), goodbye.begin(), goodbye.end());
    // The write comes first, and fails: the remote is gone.
    fixture.write(text(0, "x"));
    fixture.remote.part(last);
    BOOST_REQUIRE(fixture.node.events.dropped.size() == 1u);
    const auto& end = fixture.node.events.dropped[0].end;
    BOOST_TEST(to_string(end.reason) == to_string(reason::requested));
    BOOST_TEST(end.remote_requested);
    BOOST_TEST(fixture.handler.packets.size() == 6u);
  }
}

BOOST_AUTO_TEST_CASE(is_given_two_seconds_to_read_the_disconnect) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  fixture.close();
  BOOST_TEST(fixture.remote.goodbyes().size() == 1u);
  // The slot is free; peer and supervisor still wait for the remote to close.
  BOOST_TEST(fixture.node.events.dropped.size() == 1u);
  fixture.world.advance(1999ms);
  BOOST_TEST(fixture.world.living() == 4u);
  fixture.world.advance(1ms);
  BOOST_TEST(fixture.world.living() == 2u);
}

BOOST_AUTO_TEST_CASE(is_written_to_no_more_once_the_session_is_over) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  auto write = [&] { return fixture.request(text(0, "x")).error; };
  fixture.close();
  // The peer lingers, and then it is gone.
  BOOST_TEST((write() == errc::session_closed));
  fixture.world.advance(10s);
  BOOST_TEST((write() == caf::sec::request_receiver_down));
  BOOST_TEST(fixture.received(p2p::base_length) == 0u);
}

BOOST_AUTO_TEST_CASE(that_closes_after_a_disconnect_is_not_waited_for) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  fixture.close();
  fixture.remote.hang_up();
  BOOST_TEST(fixture.world.living() == 2u);
}

BOOST_AUTO_TEST_CASE(that_speaks_version_4_is_not_sent_compressed_messages) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.remote.connect(fixture.node.url.address) &&
                fixture.remote.shake_hands(fixture.node.key.id()));
  auto hello = fixture.remote.introduction({{"test", 1}});
  hello.version = 4;
  fixture.remote.send_hello(hello);
  fixture.write({0, blob{bytes(100, 0xaa)}});
  fixture.remote.send(p2p::base_length + 1, p2p::ping_payload);
  BOOST_REQUIRE(!fixture.remote.received().empty());
  BOOST_TEST((fixture.remote.received().back().payload == bytes(100, 0xaa)));
  BOOST_TEST(fixture.handler.packets.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
