// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/nemesis.hpp"

#include "devp2p/simulator/judge.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/player.hpp"
#include "devp2p/simulator/standard_model.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(nemesis_test)

namespace {

namespace action = simulator::action;
namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using simulator::direction;
using simulator::nemesis_fault;
using steps = std::vector<simulator::scenario::step>;

simulator::topology all_linked(std::uint32_t nodes) {
  simulator::topology out{nodes, {}};
  for (std::uint32_t i = 0; i < nodes; ++i)
    for (auto j = i + 1; j < nodes; ++j)
      out.links.push_back({i, j});
  return out;
}

simulator::nemesis some_nemesis(std::vector<nemesis_fault> faults, std::size_t nodes = 5) {
  simulator::nemesis out;
  out.from = 10s;
  out.to = 1000s;
  out.faults = std::move(faults);
  out.mean_between = 5s;
  out.mean_length = 10s;
  out.nodes.resize(nodes);
  std::iota(out.nodes.begin(), out.nodes.end(), std::size_t{0});
  out.slow.added = 300ms;
  out.lossy.loss = 30;
  return out;
}

steps steps_of(const simulator::nemesis& what, std::uint64_t seed = 1) {
  const auto nodes = static_cast<std::uint32_t>(what.nodes.size());
  return simulator::steps_of(what, all_linked(nodes), seed, 0, 100'000).value();
}

/// Returns the disturbances: the steps that begin each, of one moment, followed by those that end
/// it.
std::vector<steps> episodes(const steps& all, bool have_ends = true) {
  std::vector<steps> out;
  for (std::size_t i = 0; i < all.size();) {
    auto begin = all[i].at;
    auto& next = out.emplace_back();
    for (; i < all.size() && all[i].at == begin; ++i)
      next.push_back(all[i]);
    if (!have_ends)
      continue;
    BOOST_REQUIRE(i < all.size());
    auto end = all[i].at;
    BOOST_TEST((begin < end));
    for (; i < all.size() && all[i].at == end; ++i)
      next.push_back(all[i]);
  }
  return out;
}

/// Returns the steps in the order of time, as a schedule has them.
steps in_order(steps all) {
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return all;
}

template <class Action>
const Action& as(const simulator::scenario::step& x) {
  return std::get<Action>(x.what);
}

BOOST_AUTO_TEST_CASE(disturbances_come_one_after_another_and_end_in_time) {
  using enum nemesis_fault;
  for (auto which :
       {crash, freeze, halves, isolate, one_way, bridge, majority_ring, slow, lossy, busy}) {
    auto all = in_order(steps_of(some_nemesis({which})));
    BOOST_TEST((all.front().at > 10s));
    BOOST_TEST((all.back().at <= 1000s));
    auto found = episodes(all);
    BOOST_TEST(found.size() > 30u);
    BOOST_TEST(found.size() < 120u);
  }
}

BOOST_AUTO_TEST_CASE(who_crashes_or_freezes_is_itself_again) {
  std::set<std::size_t> sizes;
  for (const auto& x : episodes(in_order(steps_of(some_nemesis({nemesis_fault::crash}))))) {
    BOOST_REQUIRE(x.size() % 2 == 0);
    sizes.insert(x.size() / 2);
    for (std::size_t i = 0; i < x.size() / 2; ++i)
      BOOST_TEST(as<action::crash>(x[i]).node == as<action::start>(x[x.size() / 2 + i]).node);
  }
  BOOST_TEST((sizes == std::set<std::size_t>{1, 2, 3, 4, 5}));
  for (const auto& x : episodes(in_order(steps_of(some_nemesis({nemesis_fault::freeze})))))
    BOOST_TEST(as<action::freeze>(x.front()).node == as<action::thaw>(x[x.size() / 2]).node);
}

BOOST_AUTO_TEST_CASE(partitions_are_as_large_as_their_names_say) {
  auto sizes_of = [](nemesis_fault which) {
    std::set<std::pair<std::size_t, std::size_t>> out;
    for (const auto& x : episodes(in_order(steps_of(some_nemesis({which}))))) {
      BOOST_REQUIRE(x.size() == 2u);
      const auto& apart = as<action::separate>(x[0]);
      BOOST_TEST(std::is_sorted(apart.nodes.begin(), apart.nodes.end()));
      BOOST_TEST(((apart.direction == direction::both) == (which != nemesis_fault::one_way)));
      out.emplace(apart.nodes.size(), apart.others.size());
      (void)as<action::heal>(x[1]);
    }
    return out;
  };
  using sizes = std::set<std::pair<std::size_t, std::size_t>>;
  BOOST_TEST((sizes_of(nemesis_fault::halves) == sizes{{2, 0}}));
  BOOST_TEST((sizes_of(nemesis_fault::isolate) == sizes{{1, 0}}));
  BOOST_TEST((sizes_of(nemesis_fault::one_way) == sizes{{1, 0}, {2, 0}}));
  BOOST_TEST((sizes_of(nemesis_fault::bridge) == sizes{{2, 2}}));
}

BOOST_DATA_TEST_CASE(each_in_a_ring_hears_another_majority, data::make({3, 4, 5, 6, 7}), size) {
  const auto nodes = static_cast<std::size_t>(size);
  const auto what = some_nemesis({nemesis_fault::majority_ring}, nodes);
  for (const auto& x : episodes(in_order(steps_of(what)))) {
    std::set<std::set<std::size_t>> majorities;
    BOOST_REQUIRE(x.size() == nodes + 1);
    for (std::size_t i = 0; i < nodes; ++i) {
      const auto& apart = as<action::separate>(x[i]);
      BOOST_REQUIRE(apart.nodes.size() == 1u);
      BOOST_TEST((apart.direction == direction::in));
      std::set<std::size_t> heard(what.nodes.begin(), what.nodes.end());
      for (auto other : apart.others)
        heard.erase(other);
      BOOST_TEST(heard.contains(apart.nodes.front()));
      BOOST_TEST(heard.size() == nodes / 2 + 1);
      majorities.insert(heard);
    }
    BOOST_TEST(majorities.size() == nodes);
  }
}

BOOST_AUTO_TEST_CASE(lines_are_slow_or_lossy_for_a_while) {
  for (const auto& x : episodes(in_order(steps_of(some_nemesis({nemesis_fault::slow}))))) {
    BOOST_REQUIRE(x.size() == 2u);
    BOOST_TEST((as<action::set_line>(x[0]).line == simulator::line_change{.added = 300ms}));
    BOOST_TEST(!as<action::set_line>(x[1]).line);
    BOOST_TEST(as<action::set_line>(x[0]).nodes == as<action::set_line>(x[1]).nodes);
  }
  auto lossy = steps_of(some_nemesis({nemesis_fault::lossy}));
  BOOST_TEST((as<action::set_line>(lossy[0]).line == simulator::line_change{.loss = 30}));
}

BOOST_AUTO_TEST_CASE(messages_come_in_disorder_for_a_while) {
  auto what = some_nemesis({nemesis_fault::duplicate});
  what.disorder = 30;
  for (const auto& x : episodes(in_order(steps_of(what)))) {
    BOOST_REQUIRE(x.size() == 2u);
    const auto& begin = as<action::duplicate_messages>(x[0]);
    const auto& end = as<action::duplicate_messages>(x[1]);
    BOOST_TEST(begin.percent == 30u);
    BOOST_TEST(end.percent == 0u);
    BOOST_TEST(begin.nodes == end.nodes);
    BOOST_TEST(!begin.nodes.empty());
  }
  auto late = steps_of(some_nemesis({nemesis_fault::reorder}));
  BOOST_TEST(as<action::reorder_messages>(late[0]).percent == 20u);
}

BOOST_AUTO_TEST_CASE(clocks_are_wrong_for_a_while) {
  auto what = some_nemesis({nemesis_fault::skew});
  what.shift = 300ms;
  what.drift_ppm = 50;
  std::set<bool> signs;
  for (const auto& x : episodes(in_order(steps_of(what)))) {
    BOOST_REQUIRE(x.size() % 2 == 0);
    for (std::size_t i = 0; i < x.size() / 2; ++i) {
      const auto& begin = as<action::skew_clock>(x[i]);
      BOOST_TEST(begin.node == as<action::reset_clock>(x[x.size() / 2 + i]).node);
      BOOST_TEST((begin.shift >= -300ms && begin.shift <= 300ms));
      BOOST_TEST((begin.drift_ppm >= -50 && begin.drift_ppm <= 50));
      signs.insert(begin.shift > 0ms);
    }
  }
  BOOST_TEST(signs.size() == 2u);
}

BOOST_AUTO_TEST_CASE(who_crashes_may_lose_its_disk) {
  for (const auto& x : episodes(in_order(steps_of(some_nemesis({nemesis_fault::lose_disk}))))) {
    BOOST_TEST(as<action::crash>(x.front()).loses_disk);
    (void)as<action::start>(x.back());
  }
  const auto kept = steps_of(some_nemesis({nemesis_fault::crash}));
  BOOST_TEST(!as<action::crash>(kept.front()).loses_disk);
}

BOOST_AUTO_TEST_CASE(what_no_link_does_has_to_be_asked_for) {
  auto kinds_of = [](const std::string& more) {
    auto what = simulator::read_scenario(R"({"topology": {"kind": "ring", "nodes": 4},
      "length_s": 1000, "line": {"latency_ms": 5}, "crypto": "none",
      "nemesis": {"mean_between_s": 2, "mean_length_s": 3)" +
                                           more + "}}",
                                         "a.json", ".");
    std::set<std::size_t> out;
    for (const auto& x : what->schedule)
      out.insert(x.what.index());
    return out;
  };
  const std::set<std::size_t> disorder{simulator::any_action{action::duplicate_messages{}}.index(),
                                       simulator::any_action{action::reorder_messages{}}.index()};
  for (auto x : kinds_of(""))
    BOOST_TEST(!disorder.contains(x));
  BOOST_TEST((kinds_of(R"(, "faults": ["duplicate", "reorder"])") == disorder));
}

BOOST_AUTO_TEST_CASE(a_node_loses_all_its_links_at_once) {
  for (const auto& x : episodes(steps_of(some_nemesis({nemesis_fault::cut})), false)) {
    std::map<std::size_t, std::size_t> ends;
    for (const auto& step : x) {
      ++ends[as<action::cut>(step).from];
      ++ends[as<action::cut>(step).to];
    }
    BOOST_TEST(x.size() == 4u);
    BOOST_TEST(
      std::count_if(ends.begin(), ends.end(), [](const auto& y) { return y.second == 4; }) == 1);
  }
}

BOOST_AUTO_TEST_CASE(links_that_are_not_there_are_not_named) {
  auto what = some_nemesis({nemesis_fault::majority_ring, nemesis_fault::cut}, 8);
  const auto graph = *simulator::ring(8);
  const auto all = *simulator::steps_of(what, graph, 1, 0, 100'000);
  for (const auto& x : all)
    if (const auto* apart = std::get_if<action::separate>(&x.what)) {
      BOOST_TEST(!apart->others.empty());
      for (auto other : apart->others)
        BOOST_TEST(simulator::find_link(graph, apart->nodes.front(), other));
    } else if (const auto* cut = std::get_if<action::cut>(&x.what)) {
      BOOST_TEST(simulator::find_link(graph, cut->from, cut->to));
    }
}

BOOST_AUTO_TEST_CASE(few_nodes_are_enough) {
  using enum nemesis_fault;
  for (std::size_t nodes : {1, 2})
    (void)steps_of(some_nemesis({crash, freeze, halves, isolate, one_way, bridge, majority_ring,
                                 cut, slow, lossy, busy, duplicate, reorder, skew, lose_disk},
                                nodes));
}

BOOST_AUTO_TEST_CASE(only_chosen_nodes_are_disturbed) {
  auto what = some_nemesis({nemesis_fault::crash, nemesis_fault::halves});
  what.nodes = {1, 3};
  const auto all = *simulator::steps_of(what, all_linked(5), 1, 0, 100'000);
  for (const auto& x : all)
    if (const auto* crash = std::get_if<action::crash>(&x.what))
      BOOST_TEST((crash->node == 1 || crash->node == 3));
    else if (const auto* apart = std::get_if<action::separate>(&x.what))
      BOOST_TEST((apart->nodes == std::vector<std::size_t>{1} ||
                  apart->nodes == std::vector<std::size_t>{3}));
}

BOOST_AUTO_TEST_CASE(one_seed_makes_the_same_steps_everywhere) {
  using enum nemesis_fault;
  const auto what = some_nemesis({crash, halves, cut});
  auto sum = [&](std::uint64_t seed, std::uint64_t number) {
    caf::timespan out{0};
    const auto all = *simulator::steps_of(what, all_linked(5), seed, number, 100'000);
    for (const auto& x : all)
      out += x.at * static_cast<std::int64_t>(x.what.index() + 1);
    return out.count();
  };
  BOOST_TEST(sum(7, 0) == 537891106470000);
  BOOST_TEST(sum(8, 0) != sum(7, 0));
  BOOST_TEST(sum(7, 1) != sum(7, 0));
}

BOOST_AUTO_TEST_CASE(there_are_not_more_than_wanted) {
  const auto what = some_nemesis({nemesis_fault::crash, nemesis_fault::cut});
  const auto size = steps_of(what).size();
  BOOST_TEST(bool{simulator::steps_of(what, all_linked(5), 1, 0, size)});
  BOOST_TEST(!simulator::steps_of(what, all_linked(5), 1, 0, size - 1));
  auto large = some_nemesis({nemesis_fault::halves}, 100'000);
  BOOST_TEST(!simulator::steps_of(large, {large.nodes.size(), {}}, 1, 0, 100'000));
}

BOOST_AUTO_TEST_CASE(a_scenario_may_have_one_or_several) {
  auto read = [](const std::string& nemesis) {
    return simulator::read_scenario(R"({"topology": {"kind": "ring", "nodes": 4}, "length_s": 100,
      "line": {"latency_ms": 5}, "crypto": "none", "nemesis": )" +
                                      nemesis + "}",
                                    "a.json", ".");
  };
  auto one = read(R"({"mean_between_s": 2, "mean_length_s": 3, "to_s": 60, "slow_ms": 7,
    "loss_percent": 9})");
  BOOST_REQUIRE(bool{one});
  BOOST_TEST(one->schedule.size() > 10u);
  std::set<std::size_t> kinds;
  for (const auto& x : one->schedule) {
    kinds.insert(x.what.index());
    BOOST_TEST((x.at <= 60s));
  }
  BOOST_TEST(kinds.size() > 6u);
  auto several = read(R"([{"mean_between_s": 2, "mean_length_s": 3, "faults": ["crash"]},
    {"mean_between_s": 2, "mean_length_s": 3, "faults": ["halves"], "from_s": 50}])");
  BOOST_REQUIRE(bool{several});
  BOOST_TEST(several->schedule.size() > 20u);
  // All that was disturbed is as before in the end.
  auto text = simulator::write_scenario(*one);
  auto again = simulator::read_scenario(text, "b.json", ".");
  BOOST_REQUIRE(bool{again});
  BOOST_TEST(simulator::write_scenario(*again) == text);
  simulator::player run{*one, nullptr};
  run.run_for(100s);
  BOOST_TEST(run.linked() == 4u);
  BOOST_TEST(run.network().stalled_ways().empty());
}

BOOST_AUTO_TEST_CASE(checks_hold_of_what_is_documented) {
  std::ifstream in{DEVP2P_SCENARIO_MD};
  std::stringstream all;
  all << in.rdbuf();
  auto text = all.str();
  text = text.substr(text.find("```json\n", text.find("## Nemesis")) + 8);
  auto what = simulator::read_scenario(text.substr(0, text.find("```")), "a.json", ".");
  BOOST_REQUIRE(bool{what});
  BOOST_TEST(what->schedule.size() > 5u);
  const auto verdicts = simulator::try_out(*what, [] { return true; });
  BOOST_TEST(verdicts->at(0).complaint == "");
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
