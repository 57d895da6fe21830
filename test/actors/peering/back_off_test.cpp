// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/back_off.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(back_off_test)

namespace {

using namespace std::chrono_literals;

constexpr auto kinds = {retry::soon, retry::low, retry::medium, retry::high};

struct back_off_fixture {
  back_off_rules rules;
  back_off subject;
  back_off::time_point now{100h};

  std::chrono::nanoseconds end(retry again, std::chrono::nanoseconds lasted = 0s,
                               double chance = 0) {
    return subject.on_ended(rules, again, lasted, now, chance) - now;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_back_off, back_off_fixture)

BOOST_AUTO_TEST_CASE(is_within_its_bounds_and_grows_with_kind_failures_and_chance) {
  for (unsigned failures = 0; failures < 1000; ++failures)
    for (int tenths = 0; tenths <= 10; ++tenths) {
      auto before = 0ns;
      for (auto again : kinds) {
        auto out = back_off::pause(rules, again, failures, tenths / 10.0);
        BOOST_REQUIRE((out >= 35s && out <= 1h));
        BOOST_REQUIRE((out >= before));
        BOOST_REQUIRE((out >= back_off::pause(rules, again, failures, (tenths - 1) / 10.0)));
        if (failures > 0)
          BOOST_REQUIRE((out >= back_off::pause(rules, again, failures - 1, tenths / 10.0)));
        before = out;
      }
    }
}

BOOST_AUTO_TEST_CASE(is_never_below_its_floor_whatever_the_rules_are) {
  std::mt19937_64 random{7};
  for (int i = 0; i < 20'000; ++i) {
    auto any = [&] {
      return std::chrono::nanoseconds{static_cast<std::int64_t>(random() >> (random() % 60 + 4))};
    };
    rules = {any(), any(), any(), any(), any(), any(), any()};
    for (auto again : kinds) {
      auto out =
        back_off::pause(rules, again, random() % 400, static_cast<double>(random() % 11) / 5 - 0.5);
      BOOST_REQUIRE((out >= rules.floor));
      BOOST_REQUIRE((out <= std::max({rules.floor, rules.cap, std::chrono::nanoseconds{1}})));
    }
  }
}

BOOST_AUTO_TEST_CASE(is_longer_after_each_failure) {
  BOOST_TEST((end(retry::medium) == 3min));
  BOOST_TEST((end(retry::medium) == 6min));
  BOOST_TEST((end(retry::low) == 105s));
  BOOST_TEST((end(retry::medium, 0s, 1) == 15min));
  for (int i = 0; i < 300; ++i)
    static_cast<void>(end(retry::high));
  BOOST_TEST((end(retry::high) == 48min));
  BOOST_TEST((end(retry::high, 0s, 1) == 60min));
}

BOOST_AUTO_TEST_CASE(begins_anew_after_a_session_that_lasted) {
  for (int i = 0; i < 5; ++i)
    static_cast<void>(end(retry::high));
  BOOST_TEST((end(retry::low, 59s) == 35s * 6));
  BOOST_TEST((end(retry::low, 1min) == 35s));
  BOOST_TEST(subject.failures(rules, now) == 1);
}

BOOST_AUTO_TEST_CASE(is_short_for_what_is_nobodys_fault_and_does_not_grow) {
  static_cast<void>(end(retry::high));
  for (int i = 0; i < 10; ++i)
    BOOST_TEST((end(retry::soon) == 35s));
  BOOST_TEST(subject.failures(rules, now) == 1);
}

BOOST_AUTO_TEST_CASE(forgets_one_failure_after_another) {
  for (int i = 0; i < 3; ++i)
    static_cast<void>(end(retry::high));
  now += 2h - 1ns;
  BOOST_TEST(subject.failures(rules, now) == 3);
  now += 1ns;
  BOOST_TEST(subject.failures(rules, now) == 2);
  // What is nobody's fault does not begin the time anew.
  now += 1h;
  static_cast<void>(end(retry::soon));
  now += 1h;
  BOOST_TEST(subject.failures(rules, now) == 1);
  now += 100h;
  BOOST_TEST((end(retry::low) == 35s));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
