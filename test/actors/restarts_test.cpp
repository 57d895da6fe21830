// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/restarts.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(restarts_test)

namespace {

using namespace std::chrono_literals;

struct pause_fixture {
  restart_pause pause;
  supervision limits;
  restart_pause::time_point now{1h};

  std::optional<settings::duration> next(double spread = 0, bool ran = true) {
    return pause.next(limits, now, ran, spread);
  }
};

BOOST_FIXTURE_TEST_SUITE(a_restart_pause, pause_fixture)

BOOST_AUTO_TEST_CASE(doubles_from_the_second_restart_on) {
  BOOST_TEST(!next().has_value());
  for (auto expected : {10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5000, 5000}) {
    auto got = *next();
    BOOST_TEST((got == std::chrono::milliseconds{expected}));
    now += got;
  }
}

BOOST_AUTO_TEST_CASE(is_up_to_a_half_less_by_chance) {
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next(1) == 5ms));
  BOOST_TEST((*next(0.5) == 15ms));
}

BOOST_AUTO_TEST_CASE(begins_anew_when_a_handler_has_run_for_the_period) {
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next() == 10ms));
  now += 10ms + 4s;
  BOOST_TEST((*next() == 20ms));
  now += 20ms + 5s;
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next() == 10ms));
}

BOOST_AUTO_TEST_CASE(does_not_begin_anew_where_nothing_ran) {
  BOOST_TEST(!next().has_value());
  now += 1h; // The factory takes an hour.
  BOOST_TEST((*next(0, false) == 10ms));
  now += 1h;
  BOOST_TEST((*next(0, false) == 20ms));
  now += 1h;
  BOOST_TEST(!next().has_value());
}

BOOST_AUTO_TEST_CASE(grows_also_where_the_period_is_nothing) {
  limits.period = 0s;
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next() == 10ms));
  now += 10ms;
  BOOST_TEST((*next() == 20ms));
  now += 20ms + 20ms;
  BOOST_TEST(!next().has_value());
}

BOOST_AUTO_TEST_CASE(knows_no_overflow) {
  limits.min_pause = limits.max_pause = limits.period = settings::forever;
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next() == settings::forever));
  BOOST_TEST((*next() == settings::forever));
}

BOOST_AUTO_TEST_CASE(may_be_none) {
  limits.min_pause = 0s;
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next() == 0s));
  BOOST_TEST((*next() == 0s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
