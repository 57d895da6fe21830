// SPDX-License-Identifier: BSL-1.0
#include "session_fixture.hpp"

#include "devp2p/actors/reason_for.hpp"

#include <algorithm>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(session_test)

using namespace std::chrono_literals;
using reason = disconnect_reason;

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
    // A handler that keeps what it is sent is sent no more.
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
  auto written = ask<caf::unit_t>(world, left_test.link->writer, write_atom_v,
                                  left_test.link->place, text(1, "x"));
  BOOST_TEST(written.value.has_value());
  BOOST_TEST(right_test.packets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_a_code_that_the_protocol_does_not_have_and_goes_on) {
  auto written = ask<caf::unit_t>(world, left_chat.link->writer, write_atom_v,
                                  left_chat.link->place, text(4, "x"));
  BOOST_TEST((written.error == errc::invalid_message_code));
  BOOST_TEST(right_chat.packets.empty());
  BOOST_TEST(right_test.packets.empty());
  BOOST_TEST(left.events.dropped.empty());
}

auto write_all(session_fixture& fixture, const inbox& from, std::vector<packet> what) {
  return ask<caf::unit_t>(fixture.world, from.link->writer, write_atom_v, from.link->place,
                          std::move(what));
}

BOOST_AUTO_TEST_CASE(carries_what_is_written_together_in_order) {
  const std::vector<packet> messages{text(0, "first"), text(7, "second"), text(0, "third")};
  BOOST_TEST(write_all(*this, left_test, messages).value.has_value());
  BOOST_TEST((right_test.packets == messages));
  BOOST_TEST(write_all(*this, left_test, {}).value.has_value());
  BOOST_TEST(right_test.packets.size() == 3u);
}

BOOST_AUTO_TEST_CASE(refuses_what_stands_behind_a_message_that_it_refuses) {
  auto written = write_all(*this, left_chat, {text(0, "x"), text(4, "no such code"), text(0, "y")});
  BOOST_TEST((written.error == errc::invalid_message_code));
  BOOST_REQUIRE(right_chat.packets.size() == 1u);
  BOOST_TEST((right_chat.packets[0] == text(0, "x")));
  BOOST_TEST(left.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(takes_together_no_more_than_its_queue_has_room_for) {
  constexpr std::size_t size = 1000;
  session_fixture fresh{{.max_write_queue = 10 * size}};
  auto written =
    write_all(fresh, fresh.left_test, std::vector<packet>(20, packet{0, blob{bytes(size, 0xaa)}}));
  BOOST_TEST((written.error == errc::write_queue_full));
  // Each message takes a little more room than its bytes.
  BOOST_TEST(fresh.right_test.packets.size() == 9u);
}

BOOST_AUTO_TEST_CASE(ends_with_the_reason_that_the_node_is_asked_for) {
  for (auto expected : {reason::requested, reason::useless_peer, reason::too_many_peers}) {
    session_fixture fresh;
    auto closed = ask<caf::unit_t>(fresh.world, fresh.left.handle, close_atom_v,
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
  BOOST_TEST(ask<peer_info>(world, left.handle, dial_atom_v, right.url).value.has_value());
  BOOST_TEST(left.events.added.size() == 2u);
}

BOOST_AUTO_TEST_CASE(stays_alive_while_both_ends_answer_pings) {
  world.advance(10min);
  BOOST_TEST(left.events.dropped.empty());
  BOOST_TEST(right.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(counts_what_goes_by) {
  write(left_chat, text(3, "12345"));
  auto peers = ask<std::vector<peer_info>>(world, left.handle, peers_atom_v).value;
  BOOST_REQUIRE(peers);
  BOOST_REQUIRE(peers->size() == 1u);
  const auto& protocols = peers->at(0).protocols;
  BOOST_REQUIRE(protocols.size() == 2u);
  BOOST_TEST(to_string(protocols[0].name) == "chat/2");
  BOOST_TEST((protocols[0].counts == traffic{0, 0, 1, 5}));
  BOOST_TEST((protocols[1].counts == traffic{}));
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
  world.send(left.handle, subscribe_atom_v, world.spawn(listen));
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

BOOST_AUTO_TEST_CASE(a_meter_is_told_of_each_message_of_all_sessions) {
  struct meter : traffic_meter {
    void on_received(const capability& protocol, std::size_t size) override {
      told.push_back("in " + to_string(protocol) + ' ' + std::to_string(size));
    }
    void on_sent(const capability& protocol, std::size_t size) override {
      told.push_back("out " + to_string(protocol) + ' ' + std::to_string(size));
    }
    std::vector<std::string> told;
  };
  auto both = std::make_shared<meter>();
  auto measured = [&](node_config& x) { x.meter = both; };
  kit::seeded_random random{1};
  kit::world world;
  test_node left{world, "10.0.0.1", random,  {make_protocol("test", 1, 8, handled_by(eager))},
                 {},    {},         measured};
  test_node right{world, "10.0.0.2", random,  {make_protocol("test", 1, 8, handled_by(eager))},
                  {},    {},         measured};
  BOOST_REQUIRE(meet(world, left, right).value);
  auto& told = both->told;
  std::sort(told.begin(), told.end());
  BOOST_TEST((told == std::vector<std::string>{"in test/1 7", "in test/1 7", "out test/1 7",
                                               "out test/1 7"}));
}

BOOST_FIXTURE_TEST_SUITE(a_session_that_is_over, session_fixture)

BOOST_AUTO_TEST_CASE(tells_what_it_has_carried_and_how_long_it_ran) {
  write_hundred();
  world.advance(40s);
  world.send(left.handle, close_atom_v, right.key.id(), disconnect_reason::requested);
  BOOST_REQUIRE(left.events.dropped.size() == 1u);
  BOOST_REQUIRE(right.events.dropped.size() == 1u);
  const auto& there = left.events.dropped[0];
  const auto& here = right.events.dropped[0];
  BOOST_TEST((there.lasted >= 40s));
  BOOST_REQUIRE(there.protocols.size() == 2u);
  BOOST_TEST((there.protocols[1].name == capability{"test", 1}));
  BOOST_TEST((there.protocols[1].counts == traffic{0, 0, 100, 100'000, 0}));
  BOOST_TEST((here.protocols[1].counts == traffic{100, 100'000, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(tells_the_last_round_trip) {
  world.network().set_conditions("10.0.0.1", "10.0.0.2", {.latency = 20ms});
  world.advance(20s);
  world.send(left.handle, close_atom_v, right.key.id(), disconnect_reason::requested);
  world.advance(1s);
  BOOST_TEST((left.events.dropped.at(0).ping.last == 20ms));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
