// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/epoch.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_epoch_test)

using namespace std::chrono_literals;

struct server {
  bool answers(std::uint32_t epoch, std::chrono::seconds at) {
    return watch.on_answer(epoch, epoch_watch::time_point{} + at);
  }
  epoch_watch watch;
};

BOOST_AUTO_TEST_SUITE(epochs)

BOOST_AUTO_TEST_CASE(that_go_on_with_our_clock_are_those_of_the_same_life) {
  server it;
  BOOST_TEST(it.answers(1000, 0s));
  BOOST_TEST(it.answers(1000, 0s));
  BOOST_TEST(it.answers(1060, 60s));
  BOOST_TEST(it.answers(1059, 60s)); // Rounding.
  BOOST_TEST(it.answers(1660, 660s));
}

BOOST_AUTO_TEST_CASE(may_drift_by_a_sixteenth) {
  server slow;
  slow.answers(0, 0s);
  BOOST_TEST(slow.answers(1505, 1600s));
  server fast;
  fast.answers(0, 0s);
  BOOST_TEST(fast.answers(1700, 1600s));
}

BOOST_AUTO_TEST_CASE(that_fall_back_tell_of_a_restart) {
  server it;
  it.answers(1000, 0s);
  BOOST_TEST(!it.answers(3, 10s));
  BOOST_TEST(it.answers(13, 20s));
}

BOOST_AUTO_TEST_CASE(that_stand_still_or_leap_tell_of_one_too) {
  server still;
  still.answers(1000, 0s);
  BOOST_TEST(!still.answers(1001, 600s));
  server leaps;
  leaps.answers(1000, 0s);
  BOOST_TEST(!leaps.answers(9000, 600s));
}

BOOST_AUTO_TEST_CASE(may_be_as_large_as_they_can_be) {
  server it;
  BOOST_TEST(it.answers(0xffffffff, 0s));
  BOOST_TEST(it.answers(0xffffffff, 1s));
  BOOST_TEST(!it.answers(0, 2s));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
