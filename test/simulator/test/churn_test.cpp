// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/churn.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(churn_test)

namespace {

using namespace std::chrono_literals;
using steps = std::vector<simulator::scenario::step>;

simulator::churn some_churn() {
  simulator::churn out;
  out.from = 10s;
  out.to = 1000s;
  out.mean_up = 60s;
  out.mean_down = 10s;
  out.nodes = {2, 5};
  return out;
}

simulator::flaky_links some_flaky_links() {
  simulator::flaky_links out;
  out.to = 1000s;
  out.mean_between = 30s;
  out.links = {{0, 1}, {2, 7}};
  return out;
}

/// Returns the times at which one node crashes, or those at which it starts, in order.
std::vector<caf::timespan> times_of(const steps& all, std::size_t node, bool crashes) {
  std::vector<caf::timespan> out;
  for (const auto& x : all) {
    const auto* crash = std::get_if<simulator::action::crash>(&x.what);
    const auto* start = std::get_if<simulator::action::start>(&x.what);
    BOOST_TEST((crash || start));
    if ((crash ? crash->node : start->node) == node && (crash != nullptr) == crashes)
      out.push_back(x.at);
  }
  return out;
}

BOOST_AUTO_TEST_CASE(who_crashes_starts_again) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto all = simulator::steps_of(some_churn(), seed, 1000).value();
    for (std::size_t node : {2, 5}) {
      auto crashes = times_of(all, node, true);
      auto starts = times_of(all, node, false);
      BOOST_REQUIRE(crashes.size() == starts.size());
      for (std::size_t i = 0; i < crashes.size(); ++i) {
        BOOST_TEST((crashes[i] > (i == 0 ? 10s : starts[i - 1])));
        BOOST_TEST((crashes[i] < starts[i] && starts[i] <= 1000s));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(times_have_the_means_that_are_wanted) {
  auto what = some_churn();
  what.to = 100'000s;
  auto all = simulator::steps_of(what, 1, 100'000).value();
  caf::timespan down{0};
  auto crashes = times_of(all, 2, true);
  auto starts = times_of(all, 2, false);
  for (std::size_t i = 0; i < crashes.size(); ++i)
    down += starts[i] - crashes[i];
  auto count = static_cast<std::int64_t>(crashes.size());
  BOOST_TEST((down / count > 9s && down / count < 11s));
  BOOST_TEST((what.to / count > 65s && what.to / count < 75s));
}

BOOST_AUTO_TEST_CASE(one_seed_makes_the_same_steps_everywhere) {
  auto churn = simulator::steps_of(some_churn(), 7, 1000).value();
  auto cuts = simulator::steps_of(some_flaky_links(), 7, 1000).value();
  BOOST_TEST(churn.size() == 66u);
  BOOST_TEST(churn.at(0).at.count() == 86857134000);
  BOOST_TEST(churn.back().at.count() == 902636600000);
  BOOST_TEST(cuts.size() == 58u);
  BOOST_TEST(cuts.at(0).at.count() == 112425039000);
  BOOST_TEST(cuts.back().at.count() == 992666857000);
  BOOST_TEST((simulator::steps_of(some_churn(), 8, 1000)->at(0).at != churn.at(0).at));
  BOOST_TEST((simulator::steps_of(some_flaky_links(), 8, 1000)->at(0).at != cuts.at(0).at));
}

BOOST_AUTO_TEST_CASE(links_are_cut_now_and_then) {
  auto all = simulator::steps_of(some_flaky_links(), 1, 1000).value();
  std::map<std::size_t, std::size_t> cuts;
  for (const auto& x : all) {
    auto which = std::get<simulator::action::cut>(x.what);
    BOOST_TEST(which.to == (which.from == 0 ? 1u : 7u));
    BOOST_TEST((x.at < 1000s));
    ++cuts[which.from];
  }
  for (std::size_t from : {0, 2})
    BOOST_TEST((cuts[from] > 15 && cuts[from] < 60));
}

BOOST_AUTO_TEST_CASE(there_are_not_more_than_wanted) {
  auto size = simulator::steps_of(some_churn(), 1, 1000)->size();
  BOOST_TEST(bool{simulator::steps_of(some_churn(), 1, size)});
  BOOST_TEST(!simulator::steps_of(some_churn(), 1, size - 1));
  size = simulator::steps_of(some_flaky_links(), 1, 1000)->size();
  BOOST_TEST(bool{simulator::steps_of(some_flaky_links(), 1, size)});
  BOOST_TEST(!simulator::steps_of(some_flaky_links(), 1, size - 1));
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
