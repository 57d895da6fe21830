// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/placement.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(placement_test)

namespace {

using namespace std::chrono_literals;

constexpr placement::duration brief = 1us;
constexpr placement::duration lengthy = 2ms;

/// A handler whose messages come one right after the other.
struct handler {
  placement place{true};
  placement::time_point now{1h};

  /// Handles a message. Returns whether the handler has moved after it.
  bool handle(placement::duration took) {
    now += took;
    auto out = place.must_move(took, now);
    if (out)
      place.move(now);
    return out;
  }

  void leave() {
    while (place.is_loop())
      handle(lengthy);
  }

  /// Handles short messages, one a millisecond, until the handler is back. Returns how long that
  /// took.
  placement::duration return_to_loop() {
    const auto since = now;
    while (!place.is_loop()) {
      now += 1ms;
      handle(brief);
    }
    return now - since;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_measured_handler, handler)

BOOST_AUTO_TEST_CASE(begins_on_the_loop_and_stays_while_its_messages_are_short) {
  for (int i = 0; i < 10'000; ++i)
    BOOST_REQUIRE(!handle(placement::max_short));
  BOOST_TEST(place.is_loop());
}

BOOST_AUTO_TEST_CASE(leaves_after_the_second_long_message) {
  BOOST_TEST(!handle(lengthy));
  BOOST_TEST(handle(lengthy));
  BOOST_TEST(!place.is_loop());
}

BOOST_AUTO_TEST_CASE(leaves_if_few_short_messages_lie_between_two_long_ones) {
  handle(lengthy);
  for (int i = 1; i < placement::memory; ++i)
    handle(brief);
  BOOST_TEST(handle(lengthy));
}

BOOST_AUTO_TEST_CASE(is_forgiven_a_long_message_after_many_short_ones) {
  for (int round = 0; round < 100; ++round) {
    BOOST_TEST(!handle(lengthy));
    for (int i = 0; i < placement::memory; ++i)
      handle(brief);
  }
}

BOOST_AUTO_TEST_CASE(leaves_at_once_when_a_message_takes_very_long) {
  BOOST_TEST(!handle(placement::max_patience));
  for (int i = 0; i < placement::memory; ++i)
    handle(brief);
  BOOST_TEST(handle(placement::max_patience + 1ns));
}

BOOST_AUTO_TEST_CASE(comes_back_when_its_messages_have_been_short_for_a_while) {
  leave();
  auto away = return_to_loop();
  BOOST_TEST((away >= placement::min_absence && away < placement::min_absence + 10ms));
}

BOOST_AUTO_TEST_CASE(stays_away_while_its_messages_take_long) {
  leave();
  for (int i = 0; i < 100'000; ++i)
    handle(lengthy);
  BOOST_TEST(!place.is_loop());
  BOOST_TEST((return_to_loop() >= placement::min_absence));
}

BOOST_AUTO_TEST_CASE(comes_back_although_a_message_takes_long_now_and_then) {
  leave();
  for (int i = 0; i < 4'000 && !place.is_loop(); ++i) {
    now += 1ms;
    handle(i % 100 == 0 ? lengthy : brief);
  }
  BOOST_TEST(place.is_loop());
}

BOOST_AUTO_TEST_CASE(stays_away_for_longer_each_time_up_to_a_bound) {
  placement::duration last{0};
  for (int i = 0; i < 10; ++i) {
    leave();
    auto away = return_to_loop();
    BOOST_TEST((away > last || away >= placement::max_absence));
    BOOST_TEST((away <= placement::max_absence + 10ms));
    last = away;
  }
  BOOST_TEST((last >= placement::max_absence));
}

BOOST_AUTO_TEST_CASE(is_forgiven_its_past_after_long_on_the_loop) {
  for (int i = 0; i < 10; ++i) {
    leave();
    return_to_loop();
  }
  now += placement::max_absence;
  leave();
  BOOST_TEST((return_to_loop() < 2 * placement::min_absence));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_handler_that_does_not_begin_on_the_loop_is_not_measured) {
  placement place{false};
  BOOST_TEST(!place.is_loop());
  BOOST_TEST(!place.is_measured());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
