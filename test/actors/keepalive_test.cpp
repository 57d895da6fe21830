// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/keepalive.hpp"

#include "devp2p/net/p2p/base.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(keepalive_test)

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t reserved_id = 0x09;

struct keepalive_fixture {
  keepalive subject{3};
  keepalive::time_point now{1h};

  /// Records a base message, and returns true iff it is one too many.
  bool floods(std::uint64_t id) {
    auto out = subject.on_base_message(id, now);
    return !out && out.error() == errc::base_message_flood;
  }

  /// Returns the round-trip time that a Pong ends now, if it ends one.
  std::optional<keepalive::duration> pong() {
    auto out = subject.on_base_message(p2p::pong_id, now);
    BOOST_REQUIRE(out);
    return *out;
  }

  /// Ends an interval of a running session, in which something was read if it is not `paused`.
  std::uint64_t end_interval(bool paused = false) { return subject.on_interval(true, paused); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_keepalive, keepalive_fixture)

BOOST_AUTO_TEST_CASE(counts_frames) {
  BOOST_TEST(end_interval() == 0u);
  subject.on_frame();
  subject.on_frame();
  BOOST_TEST(end_interval() == 2u);
  BOOST_TEST(end_interval() == 2u);
}

BOOST_AUTO_TEST_CASE(takes_an_interval_in_which_nothing_was_read_for_a_sign_of_life) {
  subject.on_frame();
  BOOST_TEST(end_interval(true) == 2u);
  BOOST_TEST(end_interval(true) == 3u);
  BOOST_TEST(end_interval() == 3u);
}

BOOST_AUTO_TEST_CASE(has_one_ping_written_in_each_interval) {
  BOOST_TEST(!subject.take_ping(now));
  static_cast<void>(end_interval());
  BOOST_TEST(subject.take_ping(now));
  BOOST_TEST(!subject.take_ping(now));
  // Two intervals in which nothing could be written.
  static_cast<void>(end_interval());
  static_cast<void>(end_interval());
  BOOST_TEST(subject.take_ping(now));
  BOOST_TEST(!subject.take_ping(now));
}

BOOST_AUTO_TEST_CASE(has_no_ping_written_unless_the_session_runs) {
  static_cast<void>(subject.on_interval(false, false));
  BOOST_TEST(!subject.take_ping(now));
  // The session ends before the Ping is written.
  static_cast<void>(end_interval());
  static_cast<void>(subject.on_interval(false, false));
  BOOST_TEST(!subject.take_ping(now));
}

BOOST_AUTO_TEST_CASE(measures_the_time_from_a_ping_to_its_pong) {
  static_cast<void>(end_interval());
  BOOST_TEST(subject.take_ping(now));
  now += 40ms;
  BOOST_TEST((pong() == 40ms));
  BOOST_TEST(!pong());
}

BOOST_AUTO_TEST_CASE(measures_a_late_pong_from_the_oldest_ping) {
  for (int i = 0; i < 3; ++i, now += 15s) {
    static_cast<void>(end_interval());
    BOOST_TEST(subject.take_ping(now));
  }
  BOOST_TEST((pong() == 45s));
  BOOST_TEST(!pong());
}

BOOST_AUTO_TEST_CASE(answers_all_pings_of_one_read_with_one_pong) {
  BOOST_TEST(!subject.take_pong());
  BOOST_TEST(!floods(p2p::ping_id));
  BOOST_TEST(!floods(p2p::ping_id));
  BOOST_TEST(subject.take_pong());
  BOOST_TEST(!subject.take_pong());
  BOOST_TEST(!floods(p2p::ping_id));
  BOOST_TEST(subject.take_pong());
}

BOOST_AUTO_TEST_CASE(counts_reserved_messages) {
  BOOST_TEST(!floods(reserved_id));
  BOOST_TEST(!floods(p2p::ping_id));
  BOOST_TEST(!floods(p2p::pong_id));
  BOOST_TEST(subject.ignored_messages() == 1u);
}

BOOST_AUTO_TEST_CASE(takes_more_base_messages_than_allowed_for_a_flood) {
  BOOST_TEST(!floods(p2p::ping_id));
  BOOST_TEST(!floods(p2p::pong_id));
  BOOST_TEST(!floods(reserved_id));
  BOOST_TEST(floods(p2p::ping_id));
}

BOOST_AUTO_TEST_CASE(counts_base_messages_anew_in_each_period) {
  for (int period = 0; period < 4; ++period, now += keepalive::base_period)
    for (int i = 0; i < 3; ++i)
      BOOST_TEST(!floods(p2p::ping_id));
  now -= 1ns;
  BOOST_TEST(floods(p2p::ping_id));
}

BOOST_AUTO_TEST_CASE(does_not_count_the_pongs_that_it_has_asked_for) {
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(end_interval());
    BOOST_TEST(subject.take_ping(now));
    BOOST_TEST(pong().has_value());
  }
  BOOST_TEST(!floods(p2p::pong_id));
}

BOOST_AUTO_TEST_CASE(is_idle_until_a_message_of_a_sub_protocol_passes) {
  subject.on_frame();
  BOOST_TEST(!floods(p2p::ping_id));
  BOOST_TEST(subject.is_idle());
  subject.on_packet();
  BOOST_TEST(!subject.is_idle());
  static_cast<void>(end_interval());
  BOOST_TEST(subject.is_idle());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
