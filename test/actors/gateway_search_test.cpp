// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/debounce.hpp"
#include "devp2p/actors/gateway_search.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(gateway_search_test)

namespace {

using namespace std::chrono_literals;

struct search_fixture {
  gateway_search search;
  gateway_search::time_point now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_gateway_search, search_fixture)

BOOST_AUTO_TEST_CASE(uses_the_first_gateway_that_is_found) {
  search.begin(3);
  BOOST_TEST(!search.use_next());
  search.on_not_found(errc::no_gateway, "silent");
  search.on_found(2);
  search.on_found(1);
  BOOST_TEST(search.use_next());
  BOOST_TEST(*search.current() == 2u);
  BOOST_TEST(!search.use_next());
  BOOST_TEST(!search.is_looking());
  BOOST_TEST(!search.has_failed());
}

BOOST_AUTO_TEST_CASE(goes_on_to_the_next_when_one_is_of_no_use) {
  search.begin(2);
  search.on_found(0);
  search.on_found(1);
  search.use_next();
  search.give_up(errc::gateway_refused, "no");
  BOOST_TEST(!search.current().has_value());
  BOOST_TEST(!search.has_failed());
  BOOST_TEST(search.use_next());
  BOOST_TEST(*search.current() == 1u);
}

BOOST_AUTO_TEST_CASE(waits_for_those_that_have_not_answered) {
  search.begin(2);
  search.on_found(0);
  search.use_next();
  search.give_up(errc::gateway_refused, "no");
  BOOST_TEST(search.is_looking());
  BOOST_TEST(!search.has_failed());
  search.on_not_found(errc::no_gateway, "silent");
  BOOST_TEST(search.has_failed());
}

BOOST_AUTO_TEST_CASE(fails_with_the_words_of_all_and_the_code_that_says_most) {
  search.begin(2);
  search.on_not_found(errc::no_gateway, "first is silent");
  search.on_found(1);
  search.use_next();
  search.give_up(errc::gateway_refused, "second says no");
  auto refused = search.on_failed(now, 0);
  BOOST_TEST((refused.code == errc::gateway_refused));
  BOOST_TEST(refused.text == "first is silent; second says no");

  search.begin(2);
  search.on_not_found(errc::too_many_files, "no socket");
  search.on_not_found(errc::no_gateway, "silent");
  BOOST_TEST((search.on_failed(now, 0).code == errc::too_many_files));

  search.begin(1);
  search.on_not_found(errc::gateway_failed, "odd");
  BOOST_TEST((search.on_failed(now, 0).code == errc::no_gateway));

  // An error of another library.
  search.begin(1);
  search.on_found(0);
  search.use_next();
  search.give_up({}, "timeout");
  BOOST_TEST((search.on_failed(now, 0).code == errc::no_gateway));
}

BOOST_AUTO_TEST_CASE(pauses_ever_longer_until_a_port_is_mapped) {
  auto fail = [&] {
    search.begin(1);
    search.on_not_found(errc::no_gateway, "silent");
    return search.on_failed(now, 0).wait;
  };
  BOOST_TEST((fail() == nat::lease::first_retry));
  BOOST_TEST((fail() == 2 * nat::lease::first_retry));
  search.on_success();
  BOOST_TEST((fail() == nat::lease::first_retry));
}

BOOST_AUTO_TEST_CASE(numbers_its_rounds) {
  auto first = search.begin(1);
  BOOST_TEST(search.round() == first);
  BOOST_TEST(search.begin(1) != first);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_debounce_lets_one_event_through_in_each_pause) {
  debounce subject;
  BOOST_TEST(subject.on_event());
  BOOST_TEST(!subject.on_pause_over());
  BOOST_TEST(subject.on_event());
  BOOST_TEST(!subject.on_event());
  BOOST_TEST(!subject.on_event());
  // The two are let through as one.
  BOOST_TEST(subject.on_pause_over());
  BOOST_TEST(subject.on_event());
  BOOST_TEST(!subject.on_pause_over());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
