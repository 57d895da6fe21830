// SPDX-License-Identifier: BSL-1.0
//
// The numbers are reckoned from the formulas of go-ethereum's p2p/msgrate/msgrate.go (02b73d4).
#include "devp2p/actors/typed/answer_rate.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(answer_rate_test)

BOOST_AUTO_TEST_CASE(rate_and_round_trip_follow_the_answers, *boost::unit_test::tolerance(1e-6)) {
  struct line {
    std::size_t items;
    double elapsed;
    double rate;
    double round_trip;
    std::size_t next;
  };
  answer_rate rate{seconds{20}};
  for (const auto& x :
       {line{100, 2, 5, 18.2, 92}, line{100, 2, 9.5, 16.58, 174}, line{50, 1, 13.55, 15.022, 248},
        line{0, 3, 0, 15.022, 1}, line{200, 4, 5, 13.9198, 92}}) {
    rate.record(x.items, seconds{x.elapsed});
    BOOST_TEST(rate.items_per_second() == x.rate);
    BOOST_TEST(rate.round_trip().count() == x.round_trip);
    BOOST_TEST(rate.next_request(seconds{18}) == x.next);
  }
}

BOOST_AUTO_TEST_CASE(a_request_has_no_more_items_than_an_integer_holds) {
  answer_rate rate{seconds{1}};
  rate.record(std::numeric_limits<std::size_t>::max(), seconds{0});
  BOOST_TEST(rate.next_request(seconds{20}) == 1'000'000'000u);
  BOOST_TEST(rate.next_request(seconds{-1}) == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_takes_no_time_is_no_division_by_zero) {
  answer_rate rate{seconds{20}};
  rate.record(1, seconds{0});
  BOOST_TEST(std::isfinite(rate.items_per_second()));
}

BOOST_AUTO_TEST_CASE(remotes_that_join_lower_the_confidence, *boost::unit_test::tolerance(1e-5)) {
  round_trip_estimate all;
  const double expected[] = {1,        0.5,   0.333333, 0.25,     0.2,     0.166667,
                             0.142857, 0.125, 0.111111, 0.111111, 0.111111};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    all.join(i + 1);
    BOOST_TEST(all.confidence() == expected[i]);
    BOOST_TEST(all.timeout().count() == 60.0);
  }
}

BOOST_AUTO_TEST_CASE(the_estimate_comes_nearer_to_the_fast_remotes,
                     *boost::unit_test::tolerance(1e-9)) {
  round_trip_estimate all;
  all.join(2);
  all.tune({seconds{4}, seconds{30}, seconds{3}, seconds{5}});
  // The third fastest of four, half as sure as before.
  BOOST_TEST(all.round_trip().count() == 0.75 * 20 + 0.25 * 5);
  BOOST_TEST(all.confidence() == 0.75);
  BOOST_TEST(all.target().count() == 0.9 * 16.25);
}

BOOST_AUTO_TEST_CASE(it_stays_within_bounds, *boost::unit_test::tolerance(1e-6)) {
  round_trip_estimate all;
  for (int i = 0; i < 200; ++i)
    all.tune({seconds{0.01}});
  BOOST_TEST(all.round_trip().count() == 2.0);
  BOOST_TEST(all.timeout().count() == 6.0);
  for (int i = 0; i < 200; ++i)
    all.tune({});
  BOOST_TEST(all.round_trip().count() == 20.0);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
