// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/source_shares.hpp"

#include "peering_fixture.hpp"

#include <map>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(source_shares_test)

namespace {

struct shared_candidates {
  source_shares shares;
  dial_limits limits{.max_candidates = 100, .max_of_source = 40};
  std::uint32_t next = 0;

  /// Adds a candidate, if it is taken, after the one that it replaces is gone.
  bool add(source_number source, bool worn = false, int score = 0) {
    auto [admitted, loser] = shares.admits(source, limits);
    if (!admitted)
      return false;
    if (loser)
      shares.remove(loser->first, loser->second);
    shares.prepare(source, next + 1);
    shares.add(source);
    if (worn)
      shares.set_worn(source, next, 1, next);
    else
      shares.set_ready(source, next, {score, next});
    ++next;
    return true;
  }

  source_shares::choice serve() {
    auto out = *shares.next();
    shares.on_served(out.first);
    shares.withdraw(out.first, out.second);
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(shares, shared_candidates)

BOOST_AUTO_TEST_CASE(sources_take_turns_whatever_they_hold) {
  for (int i = 0; i < 40; ++i)
    add(1);
  for (int i = 0; i < 5; ++i)
    add(2);
  std::map<source_number, int> served;
  for (int i = 0; i < 10; ++i)
    ++served[serve().first];
  BOOST_TEST(served[1] == 5);
  BOOST_TEST(served[2] == 5);
  BOOST_TEST(serve().first == 1u);
}

BOOST_AUTO_TEST_CASE(a_source_that_was_idle_has_saved_nothing_up) {
  add(2);
  serve();
  for (int i = 0; i < 30; ++i)
    add(1);
  for (int i = 0; i < 10; ++i)
    serve();
  for (int i = 0; i < 10; ++i)
    add(2);
  std::map<source_number, int> served;
  for (int i = 0; i < 4; ++i)
    ++served[serve().first];
  BOOST_TEST(served[2] == 2);
}

BOOST_AUTO_TEST_CASE(the_best_goes_first_and_each_fourth_turn_is_the_oldests) {
  for (int score : {0, 1, 2, 3, 9, 9})
    add(1, false, score);
  std::vector<std::uint32_t> order;
  for (int i = 0; i < 6; ++i)
    order.push_back(serve().second);
  BOOST_TEST(order == (std::vector<std::uint32_t>{4, 5, 3, 0, 2, 1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(among_equal_scores_those_that_have_failed_less_go_first) {
  shares.prepare(1, 2);
  shares.add(1);
  shares.add(1);
  shares.set_ready(1, 0, {.score = 5, .age = 0, .failures = 1});
  shares.set_ready(1, 1, {.score = 5, .age = 1, .failures = 0});
  BOOST_TEST(serve().second == 1u);
}

BOOST_AUTO_TEST_CASE(a_source_has_its_share_and_no_more) {
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(add(1) == (i < 40));
  BOOST_TEST(shares.count(1) == 40u);
  BOOST_TEST(shares.credit(1, limits) == 0u);
}

BOOST_AUTO_TEST_CASE(a_full_source_replaces_its_own_failures) {
  for (int i = 0; i < 40; ++i)
    add(1, i % 2 == 0);
  BOOST_TEST(shares.credit(1, limits) == 20u);
  for (int i = 0; i < 40; ++i)
    BOOST_TEST(add(1) == (i < 20));
  BOOST_TEST(shares.count(1) == 40u);
}

BOOST_AUTO_TEST_CASE(the_whole_is_shared_evenly_when_it_is_full) {
  for (source_number source : {1, 2, 3})
    for (int i = 0; i < 40; ++i)
      add(source);
  BOOST_TEST(shares.total() == 100u);
  for (int i = 0; i < 100; ++i)
    add(4);
  for (source_number source : {1, 2, 3, 4})
    BOOST_TEST((shares.count(source) >= 24 && shares.count(source) <= 26));
  BOOST_TEST(shares.total() == 100u);
}

BOOST_AUTO_TEST_CASE(the_credit_of_a_source_is_what_is_taken) {
  for (source_number source : {1, 2, 3})
    for (int i = 0; i < 40; ++i)
      add(source);
  for (source_number source : {1, 2, 3, 4}) {
    auto credit = shares.credit(source, limits);
    std::size_t taken = 0;
    while (taken < credit && add(source))
      ++taken;
    BOOST_TEST(taken == credit);
  }
}

BOOST_AUTO_TEST_CASE(lower_limits_take_from_the_richest) {
  for (int i = 0; i < 40; ++i)
    add(1);
  for (int i = 0; i < 10; ++i)
    add(2);
  limits.max_candidates = 20;
  while (auto loser = shares.surplus(limits))
    shares.remove(loser->first, loser->second);
  BOOST_TEST(shares.count(1) == 10u);
  BOOST_TEST(shares.count(2) == 10u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
