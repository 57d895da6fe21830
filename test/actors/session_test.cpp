// SPDX-License-Identifier: BSL-1.0
#include "two_nodes.hpp"

#include "devp2p/actors/reason_for.hpp"
#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/kit/raw_remote.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>

#include <stdexcept>

namespace devp2p::test {
namespace {

using namespace std::chrono_literals;
using kit::misbehaviour;
using reason = disconnect_reason;

packet text(std::uint64_t code, std::string_view what) {
  return {code, blob{as_bytes(what)}};
}

/// Says something at once.
handler_actor::behavior_type eager(handler_actor::pointer self, const channel& link) {
  link.send(self, text(3, "at once"));
  return {[](const packet&) {}};
}

/// `left` dials `right`; both speak "chat" and "test", of which "chat" comes first on the link.
struct session_fixture {
  inbox left_chat;
  inbox left_test;
  inbox right_chat;
  inbox right_test;
  kit::seeded_random random{1};
  kit::world world;
  test_node left;
  test_node right;

  explicit session_fixture(const settings& limits = {})
    : left(world, "10.0.0.1", random, protocols(left_chat, left_test), limits),
      right(world, "10.0.0.2", random, protocols(right_chat, right_test), limits) {
    auto met = meet(world, left, right);
    BOOST_REQUIRE_MESSAGE(met.value, describe(met.error));
  }

  static std::vector<protocol> protocols(inbox& chat, inbox& test) {
    // The order here is of no account; that on the link is by name.
    return {make_protocol("test", 1, 8, collect(&test)),
            make_protocol("chat", 2, 4, collect(&chat))};
  }

  void write(const inbox& from, packet what) {
    world.send(from.link->writer, write_atom::value, from.link->index, from.link->restarts,
               std::move(what));
  }

  /// A hundred messages of 1000 octets from the left to the right; nothing happens yet.
  void write_hundred() {
    const auto& from = *left_test.link;
    for (int i = 0; i < 100; ++i)
      caf::anon_send(from.writer, write_atom::value, from.index, from.restarts,
                     packet{0, blob{bytes(1000, 0xaa)}});
  }

  /// Both ends report the same end: this one found it, or was asked for it; that one was told.
  static void check_end(const test_node& ended, const test_node& told, reason expected) {
    BOOST_REQUIRE(ended.events.dropped.size() == 1u);
    BOOST_REQUIRE(told.events.dropped.size() == 1u);
    const auto& here = ended.events.dropped[0];
    const auto& there = told.events.dropped[0];
    BOOST_TEST(to_string(here.end.reason) == to_string(expected));
    BOOST_TEST(!here.end.remote_requested);
    BOOST_TEST((here.id == told.key.id()));
    BOOST_TEST(to_string(there.end.reason) == to_string(expected));
    BOOST_TEST(there.end.remote_requested);
    BOOST_TEST((there.id == ended.key.id()));
  }

  template <class Error>
  void end_handler(const inbox& which, Error why) {
    caf::scoped_actor self{world.system()};
    self->send_exit(which.handler, caf::error{std::move(why)});
    world.run();
  }
};

/// Echoes, but for the first message.
handler_factory misbehaving(kit::misbehaviour what) {
  // The code is one more than there are.
  return kit::misbehaving({.what = what, .when = kit::at_message{1}, .code = 8});
}

/// `left` has a handler that does something of its own when a message comes.
struct misbehaving_fixture {
  explicit misbehaving_fixture(handler_factory handler)
    : left(world, "10.0.0.1", random, {make_protocol("test", 1, 8, std::move(handler))}),
      right(world, "10.0.0.2", random, {make_protocol("test", 1, 8, collect(&peer))}) {
    BOOST_REQUIRE(meet(world, left, right).value);
  }

  void provoke_and_expect(reason expected) {
    world.send(peer.link->writer, write_atom::value, std::uint16_t{0}, 0u, text(0, "now"));
    session_fixture::check_end(left, right, expected);
  }

  inbox peer;
  kit::seeded_random random{1};
  kit::world world;
  test_node left;
  test_node right;
};

/// A node and a remote that is driven by hand.
struct raw_fixture {
  inbox handler;
  kit::seeded_random random{3};
  kit::world world;
  test_node node;
  kit::raw_remote remote{world, "10.0.0.66", random};

  explicit raw_fixture(const settings& limits = {}, std::size_t pipe_capacity = 64 << 10)
    : world(pipe_capacity),
      node(world, "10.0.0.1", random, {make_protocol("test", 1, 8, collect(&handler))}, limits) {
    BOOST_REQUIRE(ask<enode>(world, node.handle, listen_atom::value, node.url.address).value);
  }

  bool meet() { return remote.meet(node.url.address, node.key.id(), {{"test", 1}}); }

  /// Has the handler write; nothing happens yet.
  void write(packet what) {
    const auto& link = *handler.link;
    caf::anon_send(link.writer, write_atom::value, link.index, link.restarts, std::move(what));
  }

  /// The same, and asks what became of it.
  answer<caf::unit_t> request(packet what) {
    const auto& link = *handler.link;
    return ask<caf::unit_t>(world, link.writer, write_atom::value, link.index, link.restarts,
                            std::move(what));
  }

  /// Has the node end the session.
  void close() { world.send(node.handle, close_atom::value, remote.key().id(), reason::requested); }

  bytes incompressible(std::size_t size) {
    bytes out(size);
    random.fill(out);
    return out;
  }

  std::size_t received(std::uint64_t id) const {
    return static_cast<std::size_t>(std::count_if(remote.received().begin(),
                                                  remote.received().end(),
                                                  [=](const auto& x) { return x.id == id; }));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_session, session_fixture)

BOOST_AUTO_TEST_CASE(is_reported_by_both_ends) {
  BOOST_REQUIRE(left.events.added.size() == 1u);
  BOOST_REQUIRE(right.events.added.size() == 1u);
  const auto& there = left.events.added[0].peer;
  const auto& here = right.events.added[0].peer;
  BOOST_TEST((there.id == right.key.id()));
  BOOST_TEST((here.id == left.key.id()));
  BOOST_TEST(!there.inbound);
  BOOST_TEST(here.inbound);
  BOOST_TEST(to_string(there.remote) == "10.0.0.2:30303");
  BOOST_TEST(here.remote.host == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(tells_its_handlers_whom_they_talk_to) {
  BOOST_REQUIRE(left_test.link);
  BOOST_TEST((left_test.link->remote.id == right.key.id()));
  BOOST_TEST(left_test.link->remote.client_id == settings{}.client_id);
  BOOST_TEST((left_test.link->protocol == capability{"test", 1}));
  BOOST_TEST(!left_test.link->inbound);
  BOOST_TEST(right_test.link->inbound);
}

BOOST_AUTO_TEST_CASE(carries_messages_of_each_protocol_both_ways) {
  write(left_test, text(7, "a test to the right"));
  write(left_chat, text(3, "a chat to the right"));
  write(right_test, text(0, "a test to the left"));
  BOOST_REQUIRE(right_test.packets.size() == 1u);
  BOOST_REQUIRE(right_chat.packets.size() == 1u);
  BOOST_REQUIRE(left_test.packets.size() == 1u);
  BOOST_TEST(left_chat.packets.empty());
  BOOST_TEST((right_test.packets[0] == text(7, "a test to the right")));
  BOOST_TEST((right_chat.packets[0] == text(3, "a chat to the right")));
  BOOST_TEST((left_test.packets[0] == text(0, "a test to the left")));
}

BOOST_AUTO_TEST_CASE(carries_messages_of_every_size_in_order) {
  const std::size_t sizes[] = {0, 1, 15, 16, 17, 1024, 65536, 1 << 20, 0xffff00, 3};
  for (auto size : sizes) {
    bytes payload(size);
    random.fill(payload);
    // Random data does not compress, and must fit all the same.
    if (size > 1 << 20)
      std::fill(payload.begin() + 4096, payload.end(), std::uint8_t{0});
    write(left_test, {1, blob{payload}});
    BOOST_REQUIRE(!right_test.packets.empty());
    BOOST_TEST((right_test.packets.back().payload == blob{payload}));
    // Who keeps what it is sent is sent no more.
    right_test.packets.back().payload = {};
    world.run();
  }
  BOOST_TEST(right_test.packets.size() == std::size(sizes));
}

BOOST_AUTO_TEST_CASE(hands_a_payload_on_without_copying_it) {
  write(left_test, text(1, "once"));
  world.send(left_chat.handler, right_test.packets.at(0));
  BOOST_REQUIRE(left_chat.packets.size() == 1u);
  BOOST_TEST(static_cast<const void*>(left_chat.packets[0].payload.data()) ==
             static_cast<const void*>(right_test.packets[0].payload.data()));
}

BOOST_AUTO_TEST_CASE(answers_who_asks_whether_a_message_was_written) {
  auto written = ask<caf::unit_t>(world, left_test.link->writer, write_atom::value,
                                  left_test.link->index, left_test.link->restarts, text(1, "x"));
  BOOST_TEST(written.value.has_value());
  BOOST_TEST(right_test.packets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_a_code_that_the_protocol_does_not_have_and_goes_on) {
  auto written = ask<caf::unit_t>(world, left_chat.link->writer, write_atom::value,
                                  left_chat.link->index, left_chat.link->restarts, text(4, "x"));
  BOOST_TEST((written.error == errc::invalid_message_code));
  BOOST_TEST(right_chat.packets.empty());
  BOOST_TEST(right_test.packets.empty());
  BOOST_TEST(left.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(ends_with_the_reason_that_the_node_is_asked_for) {
  for (auto expected : {reason::requested, reason::useless_peer, reason::too_many_peers}) {
    session_fixture fresh;
    auto closed = ask<caf::unit_t>(fresh.world, fresh.left.handle, close_atom::value,
                                   fresh.right.key.id(), expected);
    BOOST_TEST(closed.value.has_value());
    check_end(fresh.left, fresh.right, expected);
  }
}

BOOST_AUTO_TEST_CASE(ends_with_client_quitting_when_a_handler_returns) {
  end_handler(left_chat, caf::exit_reason::user_shutdown);
  check_end(left, right, reason::client_quitting);
  BOOST_TEST(left.events.dropped[0].end.error.starts_with("chat/2: "));
}

BOOST_AUTO_TEST_CASE(ends_with_subprotocol_error_when_a_handler_fails) {
  end_handler(right_test, caf::sec::bad_function_call);
  check_end(right, left, reason::subprotocol_error);
}

BOOST_AUTO_TEST_CASE(ends_with_subprotocol_error_when_a_handler_is_killed) {
  end_handler(right_test, caf::exit_reason::kill);
  check_end(right, left, reason::subprotocol_error);
}

BOOST_AUTO_TEST_CASE(ends_with_the_reason_that_a_handler_names) {
  end_handler(left_test, local_disconnect(reason::useless_peer));
  check_end(left, right, reason::useless_peer);
}

BOOST_AUTO_TEST_CASE(ends_with_client_quitting_when_its_node_does) {
  caf::anon_send_exit(right.handle, caf::exit_reason::user_shutdown);
  world.run();
  check_end(right, left, reason::client_quitting);
}

BOOST_AUTO_TEST_CASE(tells_its_handlers_that_it_is_over) {
  end_handler(left_test, caf::sec::bad_function_call);
  BOOST_TEST((left_chat.end == errc::session_closed));
  BOOST_TEST((right_chat.end == errc::session_closed));
  BOOST_TEST((right_test.end == errc::session_closed));
}

BOOST_AUTO_TEST_CASE(leaves_no_actor_behind) {
  end_handler(left_test, caf::sec::bad_function_call);
  world.advance(10s);
  // The two nodes and their subscribers.
  BOOST_TEST(world.living() == 4u);
}

BOOST_AUTO_TEST_CASE(can_be_followed_by_another_with_the_same_node) {
  end_handler(left_test, caf::sec::bad_function_call);
  // At once: the old session lingers, but its slot is free.
  BOOST_TEST(ask<peer_info>(world, left.handle, dial_atom::value, right.url).value.has_value());
  BOOST_TEST(left.events.added.size() == 2u);
}

BOOST_AUTO_TEST_CASE(stays_alive_while_both_ends_answer_pings) {
  world.advance(10min);
  BOOST_TEST(left.events.dropped.empty());
  BOOST_TEST(right.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(counts_what_goes_by) {
  write(left_chat, text(3, "12345"));
  auto peers = ask<std::vector<peer_info>>(world, left.handle, peers_atom::value).value;
  BOOST_REQUIRE(peers);
  BOOST_REQUIRE(peers->size() == 1u);
  const auto& protocols = peers->at(0).protocols;
  BOOST_REQUIRE(protocols.size() == 2u);
  BOOST_TEST(to_string(protocols[0].name) == "chat/2");
  BOOST_TEST((protocols[0].counts == traffic{0, 0, 1, 5}));
  BOOST_TEST((protocols[1].counts == traffic{}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_handler)

BOOST_AUTO_TEST_CASE(that_throws_ends_the_session_with_subprotocol_error) {
  misbehaving_fixture{misbehaving(misbehaviour::throws)}.provoke_and_expect(
    reason::subprotocol_error);
}

BOOST_AUTO_TEST_CASE(that_quits_ends_the_session_with_client_quitting) {
  misbehaving_fixture{misbehaving(misbehaviour::returns)}.provoke_and_expect(
    reason::client_quitting);
}

BOOST_AUTO_TEST_CASE(that_could_not_decode_a_message_ends_the_session_with_breach_of_protocol) {
  misbehaving_fixture{misbehaving(misbehaviour::breaks_protocol)}.provoke_and_expect(
    reason::breach_of_protocol);
}

BOOST_AUTO_TEST_CASE(that_sends_a_code_out_of_range_ends_by_its_own_error) {
  misbehaving_fixture{misbehaving(misbehaviour::writes_unknown_code)}.provoke_and_expect(
    reason::breach_of_protocol);
}

BOOST_AUTO_TEST_CASE(may_write_as_soon_as_it_is_spawned) {
  auto writes_even_before = [](caf::actor_system& system, const channel& link) -> handler_actor {
    caf::anon_send(link.writer, write_atom::value, link.index, link.restarts,
                   text(2, "even before"));
    return system.spawn(eager, link);
  };
  misbehaving_fixture fixture{writes_even_before};
  BOOST_REQUIRE(fixture.peer.packets.size() == 2u);
  BOOST_TEST((fixture.peer.packets[0] == text(2, "even before")));
  BOOST_TEST((fixture.peer.packets[1] == text(3, "at once")));
}

BOOST_AUTO_TEST_CASE(that_cannot_be_spawned_ends_the_session_with_subprotocol_error) {
  inbox peer;
  kit::seeded_random random{1};
  kit::world world;
  auto broken = [](caf::actor_system&, const channel&) -> handler_actor {
    throw std::runtime_error{"no handler today"};
  };
  test_node left{world, "10.0.0.1", random, {make_protocol("test", 1, 8, broken)}};
  test_node right{world, "10.0.0.2", random, {make_protocol("test", 1, 8, collect(&peer))}};
  // Who dialled is not told of a session that never ran.
  BOOST_TEST((meet(world, left, right).error == errc::handler_failed));
  BOOST_REQUIRE(left.events.failed.size() == 1u);
  const auto& here = left.events.failed[0].end;
  BOOST_TEST(to_string(here.reason) == to_string(reason::subprotocol_error));
  BOOST_TEST(here.error == "test/1: protocol handler failed: no handler today");
  BOOST_REQUIRE(right.events.dropped.size() == 1u);
  BOOST_TEST(to_string(right.events.dropped[0].end.reason) == to_string(reason::subprotocol_error));
  // Its slot is free.
  BOOST_TEST(ask<node_info>(world, left.handle, info_atom::value).value->peers == 0u);
}

BOOST_AUTO_TEST_CASE(that_does_not_end_with_its_session_is_killed) {
  misbehaving_fixture fixture{kit::misbehaving({.what = misbehaviour::is_stubborn})};
  caf::anon_send(fixture.left.handle, close_atom::value, fixture.right.key.id(), reason::requested);
  fixture.world.advance(4s);
  // Its supervisor still waits for it.
  BOOST_TEST(fixture.world.living() == 6u);
  fixture.world.advance(2s);
  BOOST_TEST(fixture.world.living() == 4u);
}

BOOST_AUTO_TEST_CASE(that_hoards_stops_the_reading_until_it_lets_go) {
  settings limits;
  limits.max_read_window = 10000;
  session_fixture fixture{limits};
  fixture.write_hundred();
  fixture.world.run();
  auto held = fixture.right_test.packets.size();
  BOOST_TEST(held >= 8u);
  BOOST_TEST(held <= 11u);
  for (int i = 0; i < 100 && fixture.right_test.packets.size() < 100; ++i) {
    for (auto& x : fixture.right_test.packets)
      x.payload = {};
    fixture.world.run();
  }
  BOOST_TEST(fixture.right_test.packets.size() == 100u);
}

BOOST_AUTO_TEST_CASE(that_hoards_for_ever_is_what_the_session_ends_by) {
  settings limits;
  limits.max_read_window = 10000;
  session_fixture fixture{limits};
  fixture.write_hundred();
  fixture.world.advance(59s);
  BOOST_TEST(fixture.right.events.dropped.empty());
  fixture.world.advance(1s);
  session_fixture::check_end(fixture.right, fixture.left, reason::subprotocol_error);
  BOOST_TEST(fixture.right.events.dropped[0].end.error ==
             "test/1: protocol handler lets go of nothing");
}

BOOST_AUTO_TEST_CASE(that_is_slow_but_goes_on_is_waited_for) {
  settings limits;
  limits.max_read_window = 3000;
  session_fixture fixture{limits};
  fixture.write_hundred();
  for (int i = 0; i < 40; ++i) {
    fixture.world.advance(10s);
    for (auto& x : fixture.right_test.packets)
      x.payload = {};
  }
  BOOST_TEST(fixture.right.events.dropped.empty());
  BOOST_TEST(fixture.left.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(that_writes_faster_than_the_remote_reads_fails) {
  settings limits;
  limits.max_write_queue = 1 << 20;
  raw_fixture fixture{limits};
  BOOST_REQUIRE(fixture.meet());
  fixture.remote.stop_reading();
  packet drop{0, blob{fixture.incompressible(100000)}};
  int refused = 0;
  for (int i = 0; i < 30; ++i)
    if (fixture.request(drop).error == errc::write_queue_full)
      ++refused;
  // What fits into the queue, and a gathered write or two, was taken.
  BOOST_TEST(refused >= 15);
  BOOST_TEST(refused <= 20);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_remote)

BOOST_AUTO_TEST_CASE(that_is_silent_ends_by_ping_timeout) {
  raw_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  // Its Hello was a sign of life in the first interval; then three without one.
  fixture.world.advance(59s);
  BOOST_TEST(fixture.node.events.dropped.empty());
  BOOST_TEST(fixture.received(p2p::ping_id) == 3u);
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
  auto peers = ask<std::vector<peer_info>>(fixture.world, fixture.node.handle, peers_atom::value);
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
      self
        ->request(fixture.handler.link->writer, caf::infinite, write_atom::value, std::uint16_t{0},
                  0u, large)
        .then([&] { ++written; }, [&](caf::error& why) { refused.push_back(std::move(why)); });
  };
  fixture.world.spawn(writer);
  fixture.world.run();
  // One is half out, the others wait.
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
  // The node, its subscriber.
  BOOST_TEST(fixture.world.living() == 2u);
}

BOOST_AUTO_TEST_CASE(that_disconnects_names_the_reason_and_hears_it_back) {
  for (unsigned code = 0; code <= 0xff; ++code) {
    if (code == 0x01 || code == 0xff)
      continue; // Nobody sends the one, and the other is how we call the undecodable.
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
  // In one read with the end of the stream.
  fixture.remote.part(
    fixture.remote.seal(p2p::disconnect_id, p2p::encode_disconnect(reason::requested)));
  BOOST_REQUIRE(fixture.node.events.dropped.size() == 1u);
  BOOST_TEST(fixture.node.events.dropped[0].end.remote_requested);
}

BOOST_AUTO_TEST_CASE(that_cannot_be_written_to_may_have_said_why) {
  // More than one turn reads, behind which the Disconnect comes.
  raw_fixture fixture{{}, 1 << 20};
  BOOST_REQUIRE(fixture.meet());
  auto payload = fixture.incompressible(50000);
  bytes last;
  for (int i = 0; i < 6; ++i) {
    auto frame = fixture.remote.seal(p2p::base_length, payload);
    last.insert(last.end(), frame.begin(), frame.end());
  }
  auto goodbye = fixture.remote.seal(p2p::disconnect_id, p2p::encode_disconnect(reason::requested));
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

BOOST_AUTO_TEST_CASE(a_session_is_told_of_before_its_messages) {
  settings limits;
  limits.message_events = true;
  std::vector<std::string> told;
  auto listen = [&](subscriber_actor::pointer) -> subscriber_actor::behavior_type {
    return {[&](const peer_added&) { told.emplace_back("added"); },
            [&](const peer_dropped&) { told.emplace_back("dropped"); },
            [&](const session_failed&) { told.emplace_back("failed"); },
            [&](const message_event& x) { told.emplace_back(x.sent ? "sent" : "received"); }};
  };
  kit::seeded_random random{1};
  kit::world world;
  test_node left{
    world, "10.0.0.1", random, {make_protocol("test", 1, 8, handled_by(eager))}, limits};
  test_node right{world, "10.0.0.2", random, {make_protocol("test", 1, 8, handled_by(eager))}};
  world.send(left.handle, subscribe_atom::value, world.spawn(listen));
  BOOST_REQUIRE(meet(world, left, right).value);
  BOOST_TEST((told == std::vector<std::string>{"added", "sent", "received"}));
}

BOOST_AUTO_TEST_CASE(message_events_come_only_when_asked_for) {
  settings limits;
  limits.message_events = true;
  session_fixture asked{limits};
  asked.write(asked.left_test, text(5, "12345"));
  BOOST_REQUIRE(asked.left.events.messages.size() == 1u);
  BOOST_REQUIRE(asked.right.events.messages.size() == 1u);
  const auto& out = asked.left.events.messages[0];
  BOOST_TEST(out.sent);
  BOOST_TEST(out.code == 5u);
  BOOST_TEST(out.size == 5u);
  BOOST_TEST(to_string(out.protocol) == "test/1");
  BOOST_TEST((out.id == asked.right.key.id()));
  BOOST_TEST(!asked.right.events.messages[0].sent);
  session_fixture quiet;
  quiet.write(quiet.left_test, text(5, "12345"));
  BOOST_TEST(quiet.left.events.messages.empty());
}

} // namespace devp2p::test
