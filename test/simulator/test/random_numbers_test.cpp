// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/random_numbers.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <random>
#include <set>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(random_numbers_test)

namespace {

using namespace std::chrono_literals;
using simulator::random_numbers;

static_assert(std::uniform_random_bit_generator<random_numbers>);

BOOST_AUTO_TEST_CASE(the_numbers_are_those_of_split_mix_64) {
  // Published with the reference implementation of SplitMix64, for the seed 1234567.
  random_numbers subject{1234567};
  for (auto x : {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                 4593380528125082431u, 16408922859458223821u})
    BOOST_TEST(subject() == x);
}

BOOST_AUTO_TEST_CASE(what_is_drawn_is_the_same_on_every_platform) {
  random_numbers subject{1234567};
  BOOST_TEST(subject.below(10) == 7u);
  BOOST_TEST(subject.below(1000) == 973u);
  BOOST_TEST(subject.between(-5, 5) == -2);
  BOOST_TEST(subject.time_between(1s, 2s).count() == 1531701908);
  std::vector<int> all{1, 2, 3, 4, 5, 6};
  subject.shuffle(all);
  BOOST_TEST(all == (std::vector<int>{3, 1, 4, 2, 5, 6}));
  BOOST_TEST(subject.one_of(all) == 4);
  BOOST_TEST(subject.apart(1)() == 12234494237127058269u);
}

BOOST_AUTO_TEST_CASE(each_number_is_as_likely_as_any_other) {
  random_numbers subject{1};
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < 6000; ++i)
    ++counts[subject.below(6)];
  BOOST_TEST(counts.size() == 6u);
  for (auto [number, count] : counts)
    BOOST_TEST((count > 900 && count < 1100), number << ": " << count);
  // With a remainder alone, the lower half would come twice as often.
  const auto end = std::uint64_t{3} << 62;
  const auto low = [&] { return subject.below(end) < end / 2; };
  auto lows = 0;
  for (int i = 0; i < 6000; ++i)
    lows += low() ? 1 : 0;
  BOOST_TEST((lows > 2800 && lows < 3200), lows);
}

BOOST_AUTO_TEST_CASE(bounds_are_reached_and_kept) {
  random_numbers subject{2};
  std::set<std::int64_t> found;
  for (int i = 0; i < 200; ++i)
    found.insert(subject.between(-1, 1));
  BOOST_TEST(found == (std::set<std::int64_t>{-1, 0, 1}));
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  BOOST_TEST(subject.between(7, 7) == 7);
  BOOST_TEST(subject.between(most, most) == most);
  BOOST_TEST(subject.between(least, least) == least);
  std::set<bool> signs;
  for (int i = 0; i < 64; ++i)
    signs.insert(subject.between(least, most) < 0);
  BOOST_TEST(signs.size() == 2u);
  BOOST_TEST(subject.below(1) == 0u);
  BOOST_TEST(subject.once_in(1));
}

BOOST_AUTO_TEST_CASE(others_do_not_depend_on_these) {
  random_numbers subject{3};
  auto first = subject.apart(1);
  auto second = subject.apart(2);
  BOOST_TEST(subject() == random_numbers{3}());
  std::set<std::uint64_t> all;
  for (int i = 0; i < 100; ++i)
    all.insert({first(), second(), subject()});
  BOOST_TEST(all.size() == 300u);
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
