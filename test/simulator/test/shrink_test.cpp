// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/shrink.hpp"

#include "devp2p/simulator/gossip_model.hpp"
#include "devp2p/simulator/judge.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/standard_model.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(shrink_test)

namespace {

using namespace std::chrono_literals;

/// A ring of ten nodes, and a hundred steps of all kinds.
simulator::scenario large() {
  simulator::scenario out;
  out.network.links = *simulator::ring(10);
  out.network.conditions = {.latency = 10ms, .jitter = {1ms, 2ms}, .bandwidth = 1000};
  out.network.nats = {{1, net::nat_kind::cone},
                      {2, net::nat_kind::symmetric},
                      {3, net::nat_kind::portrange},
                      {7, net::nat_kind::cone}};
  out.length = 1000s;
  for (std::size_t i = 0; i < 10; ++i) {
    auto next = (i + 1) % 10;
    const simulator::any_action actions[] = {simulator::action::publish{i, 1},
                                             simulator::action::crash{i},
                                             simulator::action::start{i},
                                             simulator::action::freeze{i},
                                             simulator::action::thaw{i},
                                             simulator::action::stall{i, next},
                                             simulator::action::resume{i, next},
                                             simulator::action::cut{next, i},
                                             simulator::action::separate{{i, next}},
                                             simulator::action::heal{}};
    for (const auto& x : actions)
      out.schedule.push_back({std::chrono::milliseconds{1234 * out.schedule.size()}, x});
  }
  return out;
}

template <class Action>
std::size_t count(const simulator::scenario& of) {
  return static_cast<std::size_t>(
    std::count_if(of.schedule.begin(), of.schedule.end(),
                  [](const auto& x) { return std::holds_alternative<Action>(x.what); }));
}

simulator::scenario shrunk(const simulator::scenario& from,
                           const simulator::shrinker::still_fails& fails) {
  simulator::shrinker out{from, fails, 10'000};
  out.run([] { return true; });
  BOOST_TEST(out.finished());
  BOOST_TEST(fails(out.smallest()));
  return out.smallest();
}

BOOST_AUTO_TEST_CASE(a_smaller_scenario_may_need_another_seed) {
  const auto from = large();
  auto fails = [&](const simulator::scenario& x) {
    return x.schedule.size() == from.schedule.size() ||
           (x.network.seed == 5 && !x.schedule.empty());
  };
  auto out = shrunk(from, fails);
  BOOST_TEST(out.schedule.size() == 1u);
  BOOST_TEST(out.network.seed == 5u);
  simulator::shrinker same{from, fails, 10'000, 4};
  same.run([] { return true; });
  BOOST_TEST(same.smallest().schedule.size() == from.schedule.size());
  BOOST_TEST(same.smallest().network.seed == from.network.seed);
}

BOOST_AUTO_TEST_CASE(what_always_fails_becomes_nothing) {
  auto out = shrunk(large(), [](const auto&) { return true; });
  BOOST_TEST(out.network.links.nodes == 1u);
  BOOST_TEST(out.network.links.links.empty());
  BOOST_TEST(out.schedule.empty());
  BOOST_TEST(out.network.nats.empty());
  BOOST_TEST((out.network.conditions.latency == 0ms));
  BOOST_TEST(out.network.conditions.jitter.empty());
  BOOST_TEST(out.network.conditions.bandwidth == 0u);
  BOOST_TEST(out.network.cleartext);
  BOOST_TEST((out.length <= 1s));
}

BOOST_AUTO_TEST_CASE(what_is_needed_stays) {
  auto out = shrunk(large(), [](const simulator::scenario& x) {
    return count<simulator::action::cut>(x) >= 2 && count<simulator::action::heal>(x) >= 1 &&
           x.network.links.links.size() >= 3 && !x.network.cleartext && x.length >= 700s;
  });
  BOOST_TEST(out.schedule.size() == 3u);
  BOOST_TEST(out.network.links.links.size() == 3u);
  BOOST_TEST(out.network.links.nodes == 4u);
  BOOST_TEST(!out.network.cleartext);
  BOOST_TEST((out.length >= 700s && out.length <= 702s));
  for (const auto& x : out.schedule) {
    BOOST_TEST((x.at % 10s == 0s));
    if (const auto* cut = std::get_if<simulator::action::cut>(&x.what))
      BOOST_TEST(simulator::find_link(out.network.links, cut->from, cut->to) != nullptr);
  }
}

/// Returns three crashes at these times.
simulator::scenario crashes_at(std::vector<caf::timespan> times) {
  simulator::scenario out;
  out.network.links = *simulator::ring(3);
  out.length = 100s;
  for (std::size_t i = 0; i < times.size(); ++i)
    out.schedule.push_back({times[i], simulator::action::crash{i}});
  return out;
}

/// Whether there are three steps, each of which is in its range.
auto all_within(std::vector<std::pair<caf::timespan, caf::timespan>> ranges) {
  return [=](const simulator::scenario& x) {
    auto fits = x.schedule.size() == ranges.size() && x.network.links.nodes == 3;
    for (std::size_t i = 0; fits && i < ranges.size(); ++i)
      fits = x.schedule[i].at >= ranges[i].first && x.schedule[i].at <= ranges[i].second;
    return fits;
  };
}

std::vector<caf::timespan> times_of(const simulator::scenario& x) {
  std::vector<caf::timespan> out;
  for (const auto& step : x.schedule)
    out.push_back(step.at);
  return out;
}

BOOST_AUTO_TEST_CASE(each_time_becomes_as_round_as_it_can) {
  // The second one cannot be round, so a unit for all would leave the others as they are, too.
  auto out = shrunk(crashes_at({12'345'678'901ns, 15'123'456'789ns, 27'182'818'284ns}),
                    all_within({{12s, 13s}, {15'123ms, 15'124ms}, {25s, 28s}}));
  BOOST_TEST((times_of(out) == std::vector<caf::timespan>{12s, 15'123ms, 25s}));
}

BOOST_AUTO_TEST_CASE(steps_come_as_early_as_they_can) {
  auto out = shrunk(crashes_at({40s, 60s, 80s}), all_within({{0s, 90s}, {20s, 90s}, {40s, 90s}}));
  BOOST_TEST((times_of(out) == std::vector<caf::timespan>{0s, 20s, 40s}));
  // The pause between two of them is needed.
  auto apart = [](const simulator::scenario& x) {
    return x.schedule.size() == 3 && x.schedule[2].at - x.schedule[1].at >= 20s;
  };
  out = shrunk(crashes_at({40s, 60s, 80s}), apart);
  BOOST_TEST((times_of(out) == std::vector<caf::timespan>{0s, 0s, 20s}));
}

BOOST_AUTO_TEST_CASE(what_is_left_is_still_about_the_same_nodes) {
  // A node with two links that crashes, and a neighbour that publishes.
  auto out = shrunk(large(), [](const simulator::scenario& x) {
    auto degrees = simulator::degrees(x.network.links);
    return std::any_of(x.schedule.begin(), x.schedule.end(), [&](const auto& a) {
      const auto* crash = std::get_if<simulator::action::crash>(&a.what);
      return crash && degrees[crash->node] == 2 &&
             std::any_of(x.schedule.begin(), x.schedule.end(), [&](const auto& b) {
               const auto* publish = simulator::get_if<simulator::action::publish>(b.what);
               return publish && simulator::find_link(x.network.links, crash->node, publish->node);
             });
    });
  });
  BOOST_TEST(out.schedule.size() == 2u);
  BOOST_TEST(out.network.links.nodes == 3u);
  BOOST_TEST(out.network.links.links.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_said_of_all_nodes_is_not_said_of_none) {
  auto from = large();
  from.schedule = {{1s, simulator::action::separate{{7, 8}, {2, 9}}},
                   {2s, simulator::action::set_line{{}, {9}}},
                   {3s, simulator::action::set_line{{3}, {4}}}};
  auto out = shrunk(from, [](const simulator::scenario& x) {
    return std::any_of(x.schedule.begin(), x.schedule.end(), [&](const auto& step) {
      const auto* apart = std::get_if<simulator::action::separate>(&step.what);
      if (!apart)
        return false;
      for (auto one : apart->nodes)
        for (auto other : apart->others)
          if (simulator::find_link(x.network.links, one, other))
            return true;
      return false;
    });
  });
  BOOST_REQUIRE(out.schedule.size() == 1u);
  BOOST_TEST(out.network.links.nodes == 2u);
  const auto& left = std::get<simulator::action::separate>(out.schedule.front().what);
  BOOST_TEST(left.nodes == std::vector<std::size_t>{0});
  BOOST_TEST(left.others == std::vector<std::size_t>{1});
  // Node 9 is left, and with it what is said of all nodes and node 9.
  out = shrunk(from, [](const simulator::scenario& x) {
    return std::any_of(x.schedule.begin(), x.schedule.end(), [](const auto& step) {
      const auto* line = std::get_if<simulator::action::set_line>(&step.what);
      return line && line->nodes.empty() && line->others.size() == 1;
    });
  });
  BOOST_TEST(out.schedule.size() == 1u);
  BOOST_TEST(out.network.links.nodes == 1u);
}

BOOST_AUTO_TEST_CASE(a_nat_that_is_needed_stays_with_its_node) {
  auto from = large();
  from.schedule.push_back({500s, simulator::action::restart_nat{2}});
  from.schedule.push_back({501s, simulator::action::restart_nat{7}});
  // A symmetric NAT with its restart, and another NAT beside it.
  auto out = shrunk(from, [](const simulator::scenario& x) {
    const auto& nats = x.network.nats;
    return std::any_of(x.schedule.begin(), x.schedule.end(), [&](const auto& step) {
      const auto* restart = std::get_if<simulator::action::restart_nat>(&step.what);
      auto node = restart ? static_cast<std::uint32_t>(restart->node) : 0;
      return restart && nats.at(node) == net::nat_kind::symmetric &&
             std::any_of(nats.begin(), nats.end(), [&](const auto& other) {
               return simulator::find_link(x.network.links, node, other.first) != nullptr;
             });
    });
  });
  BOOST_TEST(out.network.links.nodes == 2u);
  BOOST_TEST(out.network.nats.size() == 2u);
  BOOST_TEST(out.schedule.size() == 1u);
}

BOOST_AUTO_TEST_CASE(runs_are_bounded_and_can_be_stopped) {
  std::size_t runs = 0;
  auto fails = [&](const simulator::scenario& x) {
    ++runs;
    return x.network.links.nodes >= 5;
  };
  simulator::shrinker bounded{large(), fails, 3};
  bounded.run([] { return true; });
  BOOST_TEST(runs == 3u);
  BOOST_TEST(bounded.runs() == 3u);
  BOOST_TEST(!bounded.finished());
  BOOST_TEST(bounded.smallest().schedule.empty()); // The first run has left none.
  simulator::shrinker stopped{large(), fails, 1000};
  stopped.run([] { return false; });
  BOOST_TEST(runs == 3u);
  BOOST_TEST(!stopped.finished());
  BOOST_TEST(stopped.smallest().schedule.size() == 100u);
}

BOOST_AUTO_TEST_CASE(a_defect_is_left_with_few_nodes) {
  auto what = *simulator::read_scenario(R"({
    "topology": {"kind": "ring", "nodes": 6}, "crypto": "none", "line": {"latency_ms": 10},
    "redial_after_s": 1, "gossip": {"defect": "quick_reconnect"}, "length_s": 60,
    "flaky_links": {"mean_between_s": 20, "to_s": 30},
    "schedule": [{"at_s": 9.5, "do": "cut", "from": 1, "to": 2},
      {"at_s": 9.6, "do": "cut", "from": 2, "to": 3}, {"at_s": 10, "do": "publish", "node": 0},
      {"at_s": 20, "do": "publish", "node": 3}],
    "check": [{"that": "all_heard", "within_s": 10}]})",
                                        "a.json", ".");
  auto fails = [](const simulator::scenario& x) {
    auto all = simulator::try_out(x, [] { return true; });
    return !all->at(0).complaint.empty();
  };
  BOOST_REQUIRE(fails(what));
  auto out = shrunk(what, fails);
  BOOST_TEST(out.network.links.nodes == 2u);
  BOOST_TEST(out.schedule.size() == 2u);
  auto read_back = simulator::read_scenario(simulator::write_scenario(out), "b.json", ".");
  BOOST_REQUIRE(bool{read_back});
  BOOST_TEST(fails(*read_back));
  read_back->protocols = simulator::standard_model().offered({"gossip"});
  BOOST_TEST(!fails(*read_back));
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
