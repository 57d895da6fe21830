// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/fair_pool.hpp"
#include "devp2p/actors/supervision.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace devp2p::test {
namespace {

using namespace std::chrono_literals;

source from(int n) {
  return nat::to_network_key("10.0." + std::to_string(n) + ".1");
}

struct pool_fixture {
  fair_pool<int> pool;
  fair_pool<int> other;
};

BOOST_FIXTURE_TEST_SUITE(a_fair_pool, pool_fixture)

BOOST_AUTO_TEST_CASE(names_the_oldest_and_the_youngest_of_the_source_that_has_most) {
  pool.add(1, from(1));
  pool.add(2, from(2));
  pool.add(3, from(2));
  pool.add(4, from(2));
  pool.add(5, from(1));
  BOOST_TEST(*pool.oldest_of_fullest() == 2);
  BOOST_TEST(*pool.youngest_of_fullest() == 4);
  BOOST_TEST(*pool.oldest_of_fullest(3) == 2);
  BOOST_TEST(!pool.oldest_of_fullest(4));
  BOOST_TEST(pool.remove(2));
  BOOST_TEST(!pool.remove(2));
  BOOST_TEST(pool.remove(3));
  BOOST_TEST(*pool.oldest_of_fullest() == 1);
  BOOST_TEST(pool.count(from(1)) == 2u);
  BOOST_TEST(pool.count(from(3)) == 0u);
  BOOST_TEST(pool.size() == 3u);
}

BOOST_AUTO_TEST_CASE(prefers_the_source_whose_oldest_has_been_there_longest) {
  pool.add(1, from(9));
  pool.add(2, from(1));
  BOOST_TEST(*pool.oldest_of_fullest() == 1);
  BOOST_TEST(*pool.youngest_of_fullest() == 1);
}

BOOST_AUTO_TEST_CASE(names_nobody_if_it_is_empty) {
  BOOST_TEST(!pool.oldest_of_fullest());
  BOOST_TEST(!pool.poorest_in(other));
}

BOOST_AUTO_TEST_CASE(names_whose_source_has_fewest_places_elsewhere) {
  pool.add(1, from(1));
  pool.add(2, from(2));
  pool.add(3, from(3));
  other.add(1, from(1));
  other.add(2, from(1));
  other.add(3, from(2));
  BOOST_TEST(*pool.poorest_in(other) == 3);
  pool.remove(3);
  BOOST_TEST(*pool.poorest_in(other) == 2);
  other.add(4, from(2));
  BOOST_TEST(*pool.poorest_in(other) == 1);
}

/// Against the plainest list there is.
BOOST_AUTO_TEST_CASE(keeps_the_order_whoever_leaves) {
  std::mt19937 chance{7};
  std::vector<std::pair<int, int>> members; // Who, and from where, by age.
  for (int i = 0; i < 5000; ++i) {
    if (members.size() < 30 && chance() % 2 == 0) {
      members.emplace_back(i, static_cast<int>(chance() % 5));
      pool.add(i, from(members.back().second));
    } else if (!members.empty()) {
      auto gone = members.begin() + static_cast<long>(chance() % members.size());
      BOOST_TEST(pool.remove(gone->first));
      members.erase(gone);
    }
    auto count = [&](int where) {
      return std::count_if(members.begin(), members.end(),
                           [=](const auto& x) { return x.second == where; });
    };
    // Of equals it is the first: the one that has the oldest member.
    auto fullest =
      std::max_element(members.begin(), members.end(), [&](const auto& x, const auto& y) {
        return count(x.second) < count(y.second);
      });
    BOOST_TEST(pool.size() == members.size());
    BOOST_TEST(pool.empty() == (fullest == members.end()));
    if (fullest == members.end())
      continue;
    auto youngest = std::find_if(members.rbegin(), members.rend(),
                                 [=](const auto& x) { return x.second == fullest->second; });
    BOOST_TEST(*pool.oldest_of_fullest() == fullest->first);
    BOOST_TEST(*pool.youngest_of_fullest() == youngest->first);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_source_is_a_network_of_the_size_that_is_asked_for) {
  using nat::to_network_key;
  BOOST_TEST((to_network_key("1.2.3.4", 24, 48) == to_network_key("1.2.3.99", 24, 48)));
  BOOST_TEST((to_network_key("1.2.3.4", 24, 48) != to_network_key("1.2.4.4", 24, 48)));
  BOOST_TEST((to_network_key("1.2.3.4", 25, 48) != to_network_key("1.2.3.200", 25, 48)));
  BOOST_TEST((to_network_key("1.2.3.4", 32, 0) != to_network_key("1.2.3.5", 32, 0)));
  BOOST_TEST((to_network_key("1.2.3.4", 99, 0) != to_network_key("1.2.3.5", 99, 0)));
  BOOST_TEST((to_network_key("1.2.3.4", 0, 48) == to_network_key("250.2.3.4", 0, 48)));
  BOOST_TEST((to_network_key("::ffff:1.2.3.4", 24, 48) == to_network_key("1.2.3.5", 24, 48)));
  BOOST_TEST(
    (to_network_key("2001:db8:1::1", 24, 48) == to_network_key("2001:db8:1:9::2", 24, 48)));
  BOOST_TEST((to_network_key("2001:db8:1::1", 24, 48) != to_network_key("2001:db8:2::1", 24, 48)));
  BOOST_TEST((to_network_key("2001:db8::1", 24, 128) != to_network_key("2001:db8::2", 24, 128)));
  BOOST_TEST((to_network_key("2001:db8::1", 24, 999) != to_network_key("2001:db8::2", 24, 999)));
  // What IPv4 has nothing to do with IPv6's networks.
  BOOST_TEST((to_network_key("1.2.3.4", 0, 0) != to_network_key("2001:db8::1", 0, 0)));
}

struct pause_fixture {
  restart_pause pause;
  supervision limits;
  restart_pause::time_point now{1h};

  std::optional<settings::duration> next(double luck = 0, bool ran = true) {
    return pause.next(limits, now, ran, luck);
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
  now += 1h; // The factory took so long.
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
} // namespace devp2p::test
