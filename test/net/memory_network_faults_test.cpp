// SPDX-License-Identifier: BSL-1.0
//
// Lines that stall, that carry data in pieces, and that are cut.
#include "echo_check.hpp"
#include "memory_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(memory_network_faults_test)

using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(memory_that_stalls, under_conditions)

BOOST_AUTO_TEST_CASE(keeps_what_is_sent_until_it_is_lifted) {
  far.link->await_readable(far);
  set(stalled);
  BOOST_TEST(fill(near) == 65'536u);
  subject.advance_to(24h);
  settle();
  BOOST_TEST(far.readable == 0);
  BOOST_TEST(!subject.next_due().has_value(), "time alone changes nothing");
  set({.latency = 1ms, .stalled = true});
  settle();
  BOOST_TEST(far.readable == 0, "nor do other conditions");
  set({});
  settle();
  BOOST_TEST(far.readable == 1);
  BOOST_TEST(take(far).first.size() == 100u);
  BOOST_TEST(write(near, "x").size == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_what_was_under_way_before) {
  set(late(5ms));
  write(near, "x");
  set({.latency = 5ms, .stalled = true});
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first.empty());
  write(near, "y");
  set(late(5ms));
  BOOST_TEST(take(far).first == "x", "its time has come");
  BOOST_TEST((subject.next_due() == 10ms));
  subject.advance_to(10ms);
  BOOST_TEST(take(far).first == "y");
}

BOOST_AUTO_TEST_CASE(does_not_touch_what_has_arrived) {
  write(near, "x");
  set(stalled);
  BOOST_TEST(take(far).first == "x");
}

BOOST_AUTO_TEST_CASE(hides_that_the_remote_is_gone) {
  set({}, stalled);
  close(far);
  settle();
  BOOST_TEST(!take(near).second);
  BOOST_TEST(fill(near) == 65'536u, "nobody makes room");
  set({});
  BOOST_TEST((take(near).second == errc::connection_reset), "it was sent more");
  BOOST_TEST((write(near, "x").error == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(makes_a_dial_wait_there_or_on_its_way_back) {
  auto door = listen();
  outcome accepted;
  outcome dialled;
  door->accept(accepted.handler());
  set(stalled, stalled);
  auto dial = client.dial(door->local(), dialled.handler());
  subject.advance_to(24h);
  settle();
  BOOST_TEST(accepted.calls == 0);
  set({}, stalled);
  settle();
  BOOST_TEST(accepted.calls == 1);
  BOOST_TEST(dialled.calls == 0);
  set({}, {});
  BOOST_TEST(dialled.calls == 0, "nobody is called from within a call");
  settle();
  BOOST_TEST(dialled.link);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(memory_in_pieces, under_conditions)

BOOST_AUTO_TEST_CASE(moves_at_most_one_piece_a_call) {
  set({.max_piece = 3});
  BOOST_TEST(write(near, "abcdefgh").size == 3u);
  BOOST_TEST(write(near, "de").size == 2u);
  BOOST_TEST(take(far).first == "abc");
  BOOST_TEST(take(far).first == "de");
  BOOST_TEST(write(far, "abcdefgh").size == 8u, "the other direction is whole");
  BOOST_TEST(take(near).first == "abcdefgh");
}

BOOST_AUTO_TEST_CASE(still_carries_everything_in_order) {
  set({.latency = 1ms, .max_piece = 777}, {.latency = 2ms, .max_piece = 10'000});
  echo_check there{*near.link};
  echo back{*far.link};
  back.on_writable();
  there.start();
  while (!there.end) {
    if (!subject.run_one()) {
      BOOST_REQUIRE(subject.next_due().has_value());
      subject.advance_to(*subject.next_due());
    }
  }
  BOOST_TEST((there.end == errc::end_of_stream));
  BOOST_TEST(there.returned == echo_check::total);
  BOOST_TEST(there.in_order);
}

BOOST_AUTO_TEST_CASE(counts_what_was_carried_and_delivered_on_all_connections) {
  end second;
  end second_far;
  connect(second, second_far);
  set({.max_piece = 6});
  write(near, "12345");
  write(second, "123456789");
  BOOST_TEST(subject.carried(client_ip, ip) == 11u, "what was not taken does not count");
  BOOST_TEST(subject.delivered(client_ip, ip) == 0u);
  take(second_far);
  BOOST_TEST(subject.delivered(client_ip, ip) == 6u);
  BOOST_TEST(subject.carried(ip, client_ip) == 0u);
  BOOST_TEST(subject.carried() == 11u);
  BOOST_TEST(subject.carried(ip, "10.0.0.9") == 0u);
}

BOOST_AUTO_TEST_CASE(says_which_conditions_hold) {
  set({.latency = 1ms, .stalled = true, .max_piece = 5});
  auto found = subject.conditions(client_ip, ip);
  BOOST_TEST((found.latency == 1ms));
  BOOST_TEST(found.stalled);
  BOOST_TEST(found.max_piece == 5u);
  found = subject.conditions(ip, client_ip);
  BOOST_TEST((found.latency == 0ns));
  BOOST_TEST(!found.stalled);
  BOOST_TEST(found.max_piece == line_conditions::unlimited);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(memory_that_is_cut, under_conditions)

BOOST_AUTO_TEST_CASE(resets_both_ends_at_once) {
  set(late(5ms), late(5ms));
  write(near, "lost");
  near.link->await_readable(near);
  far.link->await_readable(far);
  subject.cut(client_ip, ip);
  settle();
  BOOST_TEST(near.readable == 1);
  BOOST_TEST(far.readable == 1);
  for (auto* x : {&near, &far}) {
    BOOST_TEST((take(*x).second == errc::connection_reset));
    BOOST_TEST((write(*x, "x").error == errc::connection_reset));
  }
  BOOST_TEST(!subject.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(loses_what_was_unread_and_wakes_who_could_not_write) {
  fill(near);
  near.link->await_writable(near);
  subject.cut(ip, client_ip);
  settle();
  BOOST_TEST(near.writable == 1);
  BOOST_TEST(take(far).first.empty());
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(loses_what_is_stalled) {
  set(stalled, stalled);
  write(near, "lost");
  subject.cut(client_ip, ip);
  BOOST_TEST((take(far).second == errc::connection_reset));
  set({});
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(cuts_every_connection_between_the_two_and_no_other) {
  end second;
  end second_far;
  connect(second, second_far);
  auto door = listen();
  outcome in_backlog;
  dial(door->local(), in_backlog);
  outcome accepted;
  outcome third;
  auto other_door = listen();
  other_door->accept(accepted.handler());
  auto dial = subject.host("10.0.0.3").dial(other_door->local(), third.handler());
  settle();
  subject.cut(client_ip, ip);
  BOOST_TEST((take(second).second == errc::connection_reset));
  bytes buffer(1);
  BOOST_TEST((in_backlog.link->read_some(buffer).error == errc::connection_reset));
  BOOST_TEST(third.link->write_some(as_bytes("x")).size == 1u);
  BOOST_TEST(accepted.link->read_some(buffer).size == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_keep_anybody_from_dialling_again) {
  set(late(5ms), late(5ms));
  auto door = listen();
  outcome dialled;
  auto dial = client.dial(door->local(), dialled.handler());
  subject.cut(client_ip, ip);
  subject.advance_to(5ms);
  settle();
  subject.advance_to(10ms);
  settle();
  BOOST_REQUIRE(dialled.link);
  BOOST_TEST(dialled.link->write_some(as_bytes("x")).size == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
