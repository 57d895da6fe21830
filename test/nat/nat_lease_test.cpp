// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/lease.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_lease_test)

using namespace std::chrono_literals;

namespace {
constexpr auto start = lease::time_point{} + 1000s;
}

BOOST_AUTO_TEST_SUITE(a_lease)

BOOST_AUTO_TEST_CASE(is_renewed_at_half_time_or_a_little_earlier) {
  lease x;
  BOOST_TEST((x.on_granted(start, 20min, 0.0) == 10min));
  BOOST_TEST((x.on_granted(start, 20min, 1.0) == 9min));
  BOOST_TEST((x.on_granted(start, 2min, 0.0) == 1min));
}

BOOST_AUTO_TEST_CASE(is_not_renewed_more_than_once_a_second) {
  lease x;
  BOOST_TEST((x.on_granted(start, 1s, 1.0) == 1s));
}

BOOST_AUTO_TEST_CASE(without_an_end_is_looked_after_all_the_same) {
  lease x;
  BOOST_TEST((x.on_granted(start, 0s, 0.0) == 10min));
  BOOST_TEST(x.holds(start + 20min - 1ns));
  BOOST_TEST(!x.holds(start + 20min));
}

BOOST_AUTO_TEST_CASE(that_is_longer_than_asked_for_is_not_left_alone_for_days) {
  lease x;
  BOOST_TEST((x.on_granted(start, 7 * 24h, 0.0) == 20min));
  BOOST_TEST(x.holds(start + 6 * 24h));
}

BOOST_AUTO_TEST_CASE(that_is_granted_for_ever_is_held_and_renewed_like_others) {
  lease x;
  BOOST_TEST((x.on_granted(start, lease::duration::max(), 0.0) == 20min));
  BOOST_TEST(x.holds(start + 24h));
  BOOST_TEST((x.on_failed(start + 24h, 0.0) == lease::first_retry));
  BOOST_TEST((x.on_granted(start, lease::duration::min(), 0.0) == 10min));
}

BOOST_AUTO_TEST_CASE(ends_when_it_ends) {
  lease x;
  BOOST_TEST(!x.holds(start));
  x.on_granted(start, 20min, 0.0);
  BOOST_TEST(x.holds(start + 20min - 1ns));
  BOOST_TEST(!x.holds(start + 20min));
  x.on_granted(start, 20min, 0.0);
  x.on_lost();
  BOOST_TEST(!x.holds(start));
}

BOOST_AUTO_TEST_CASE(that_is_refused_is_asked_for_ever_more_rarely) {
  lease x;
  BOOST_TEST((x.on_failed(start, 0.0) == 5s));
  BOOST_TEST((x.on_failed(start, 0.0) == 10s));
  BOOST_TEST((x.on_failed(start, 1.0) == 25s));
  for (int i = 0; i < 100; ++i)
    BOOST_TEST((x.on_failed(start, 0.0) <= lease::max_retry));
  BOOST_TEST((x.on_failed(start, 0.0) == lease::max_retry));
  BOOST_TEST((x.on_failed(start, 1.0) == lease::max_retry + lease::max_retry / 4));
  x.on_granted(start, 20min, 0.0);
  BOOST_TEST((x.on_failed(start, 0.0) == 5s));
}

BOOST_AUTO_TEST_CASE(that_is_not_renewed_is_asked_for_once_more_when_it_ends) {
  lease x;
  x.on_granted(start, 20min, 0.0);
  auto now = start + 10min;
  while (now < start + 20min) {
    auto wait = x.on_failed(now, 0.0);
    BOOST_TEST((wait > 0s));
    now += wait;
  }
  BOOST_TEST((now == start + 20min));
  BOOST_TEST((x.on_failed(now, 0.0) > 0s));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
