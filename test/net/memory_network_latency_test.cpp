// SPDX-License-Identifier: BSL-1.0
#include "memory_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace devp2p::net {

using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(memory_with_latency, under_conditions)

BOOST_AUTO_TEST_CASE(shows_an_octet_when_the_latency_has_passed_and_not_before) {
  set(late(5ms));
  far.link->await_readable(far);
  write(near, "x");
  BOOST_TEST((subject.next_due() == 5ms));
  subject.advance_to(5ms - 1ns);
  BOOST_TEST(subject.idle());
  BOOST_TEST(take(far).first.empty());
  subject.advance_to(5ms);
  BOOST_TEST((subject.now() == 5ms));
  BOOST_TEST(!subject.next_due().has_value());
  BOOST_TEST(far.readable == 0, "the owner says when");
  settle();
  BOOST_TEST(far.readable == 1);
  BOOST_TEST(take(far).first == "x");
}

BOOST_AUTO_TEST_CASE(delays_one_direction_alone) {
  set(late(5ms));
  write(far, "x");
  BOOST_TEST(take(near).first == "x");
}

BOOST_AUTO_TEST_CASE(delays_connections_that_are_made_later) {
  set(late(3ms), late(4ms));
  auto door = listen();
  outcome accepted;
  outcome dialled;
  door->accept(accepted.handler());
  auto dial = client.dial(door->local(), dialled.handler());
  settle();
  BOOST_TEST(accepted.calls == 0);
  subject.advance_to(3ms);
  settle();
  BOOST_TEST(accepted.calls == 1, "the server knows after one way");
  BOOST_TEST(dialled.calls == 0);
  subject.advance_to(7ms - 1ns);
  settle();
  BOOST_TEST(dialled.calls == 0);
  subject.advance_to(7ms);
  settle();
  BOOST_REQUIRE(dialled.link);
  dialled.link->write_some(as_bytes("x"));
  bytes buffer(1);
  BOOST_TEST(accepted.link->read_some(buffer).size == 0u);
  subject.advance_to(10ms);
  BOOST_TEST(accepted.link->read_some(buffer).size == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_a_dial_after_a_round_trip) {
  set(late(3ms), late(4ms));
  outcome dialled;
  auto dial = client.dial({ip, 1}, dialled.handler());
  subject.advance_to(3ms);
  settle();
  subject.advance_to(7ms - 1ns);
  settle();
  BOOST_TEST(dialled.calls == 0);
  subject.advance_to(7ms);
  settle();
  BOOST_TEST((dialled.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(closes_what_a_dial_has_made_that_is_given_up_on_the_way_back) {
  set({}, late(4ms));
  auto door = listen();
  outcome accepted;
  outcome dialled;
  door->accept(accepted.handler());
  auto dial = client.dial(door->local(), dialled.handler());
  settle();
  BOOST_REQUIRE(accepted.link);
  dial.reset();
  subject.advance_to(4ms);
  settle();
  BOOST_TEST(dialled.calls == 0);
  bytes buffer(1);
  BOOST_TEST((accepted.link->read_some(buffer).error == errc::end_of_stream));
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_octets_when_the_latency_falls) {
  set(late(5ms));
  write(near, "a");
  set({});
  write(near, "b");
  BOOST_TEST(take(far).first.empty());
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "ab");
  write(near, "c");
  BOOST_TEST(take(far).first == "c", "nothing is under way any more");
}

BOOST_AUTO_TEST_CASE(lets_what_was_written_earlier_arrive_earlier) {
  set(late(5ms));
  write(near, "a");
  write(near, "b");
  subject.advance_to(1ms);
  write(near, "c");
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "ab");
  subject.advance_to(6ms);
  BOOST_TEST(take(far).first == "c");
}

BOOST_AUTO_TEST_CASE(runs_callbacks_in_the_order_of_arrival_however_far_it_advances) {
  set(late(5ms), late(2ms));
  near.link->await_readable(near);
  far.link->await_readable(far);
  write(near, "x");
  write(far, "x");
  subject.advance_to(1s);
  subject.run_one();
  BOOST_TEST(near.readable == 1);
  BOOST_TEST(far.readable == 0);
  subject.run_one();
  BOOST_TEST(far.readable == 1);
}

BOOST_AUTO_TEST_CASE(ends_a_stream_behind_its_octets) {
  set(late(5ms));
  write(near, "bye");
  subject.advance_to(1ms);
  close(near);
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "bye");
  BOOST_TEST(!take(far).second);
  BOOST_TEST(write(far, "x").size == 1, "the far end does not know yet");
  subject.advance_to(6ms);
  BOOST_TEST((take(far).second == errc::end_of_stream));
  BOOST_TEST((write(far, "x").error == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(resets_a_stream_with_the_same_latency) {
  set(late(5ms));
  write(far, "nobody reads this");
  write(near, "bye");
  subject.advance_to(1ms);
  close(near);
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "bye", "the reset is not here yet");
  BOOST_TEST(!take(far).second);
  subject.advance_to(6ms);
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(loses_by_a_reset_what_is_unread) {
  set(late(5ms));
  write(far, "nobody reads this");
  write(near, "nor this");
  close(near);
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first.empty());
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(resets_a_stream_to_whose_closed_end_more_comes) {
  set({}, late(5ms));
  write(far, "too late");
  write(near, "bye");
  close(near);
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first.empty());
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
