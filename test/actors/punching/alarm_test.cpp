// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/alarm.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p {
BOOST_AUTO_TEST_SUITE(alarm_test)

using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(schedules_a_tick_only_if_none_comes_in_time) {
  const alarm::time_point now{1h};
  alarm subject;
  BOOST_TEST((subject.set(now + 5s, now) == 5s));
  BOOST_TEST(!subject.set(now + 5s, now));
  BOOST_TEST(!subject.set(now + 6s, now));
  BOOST_TEST((subject.set(now + 4s, now) == 4s));
}

BOOST_AUTO_TEST_CASE(schedules_another_tick_after_the_earliest_has_come) {
  const alarm::time_point now{1h};
  alarm subject;
  (void)subject.set(now + 4s, now);
  subject.on_tick(now + 3s); // An earlier tick, or one for another purpose.
  BOOST_TEST(!subject.set(now + 5s, now + 3s));
  subject.on_tick(now + 4s);
  BOOST_TEST((subject.set(now + 5s, now + 4s) == 1s));
}

BOOST_AUTO_TEST_CASE(schedules_what_is_overdue_at_once) {
  alarm subject;
  BOOST_TEST((subject.set(alarm::time_point{1h}, alarm::time_point{2h}) == 0s));
}

BOOST_AUTO_TEST_CASE(schedules_nothing_that_is_never_due) {
  alarm subject;
  BOOST_TEST(!subject.set(alarm::time_point::max(), alarm::time_point{1h}));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p
