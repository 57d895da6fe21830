// SPDX-License-Identifier: BSL-1.0
//
// Faults of lines: what arrives meanwhile, and that all is as before in the end.
#include "gossip_fixture.hpp"

#include "devp2p/net/sim/seeded_rng.hpp"
#include "devp2p/simulator/gossip_model.hpp"
#include "devp2p/simulator/judge.hpp"
#include "devp2p/simulator/player.hpp"
#include "devp2p/simulator/standard_model.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(faults_test)

namespace {

using namespace std::chrono_literals;
using simulator::direction;
using simulator::event_kind;
using rumours = std::vector<std::uint64_t>;

/// Six nodes in a ring, 10 ms from each other, and linked.
struct linked_ring : gossips {
  linked_ring() : gossips({.links = *simulator::ring(6), .conditions = {.latency = 10ms}}) {
    BOOST_REQUIRE(run->run_until_linked(1s));
  }

  /// Returns the time after which the node has heard the latest rumour.
  caf::timespan spread(std::size_t to, std::uint64_t rumour) {
    const auto begin = run->now();
    publish(0, rumour);
    run->run_for(10s);
    for (const auto& x : events)
      if (name_of(x) == "heard" && x.node == to && x.detail == std::to_string(rumour))
        return x.when - begin;
    return -1ms;
  }
};

BOOST_FIXTURE_TEST_CASE(one_direction_may_be_separated_alone, linked_ring) {
  run->separate({0, 1, 2}, {}, direction::out);
  publish(1, 1);
  publish(4, 2);
  run->run_for(1s);
  BOOST_TEST(heard_by(1) == (rumours{1, 2}));
  BOOST_TEST(heard_by(4) == rumours{2});
  BOOST_TEST(
    (run->stalled_ways() == std::set<std::pair<std::size_t, std::size_t>>{{0, 5}, {2, 3}}));
  run->heal();
  run->run_for(1s);
  BOOST_TEST(heard_by(4) == (rumours{2, 1}));
  run->separate({0, 1, 2}, {}, direction::in);
  BOOST_TEST(
    (run->stalled_ways() == std::set<std::pair<std::size_t, std::size_t>>{{5, 0}, {3, 2}}));
}

BOOST_FIXTURE_TEST_CASE(who_hears_and_is_not_heard_loses_its_links, linked_ring) {
  run->separate({0}, {}, direction::out);
  run->run_for(2min);
  BOOST_TEST(run->linked() == 4u);
  run->heal();
  BOOST_TEST(run->run_until_linked(1min));
}

BOOST_FIXTURE_TEST_CASE(nodes_may_be_separated_from_some_others, linked_ring) {
  run->separate({0, 1}, {2, 3, 4});
  publish(0, 1);
  run->run_for(40ms);
  // Node 5 stands between them.
  BOOST_TEST(heard_by(5) == rumours{1});
  BOOST_TEST(heard_by(3) == rumours{1});
  BOOST_TEST(
    (run->stalled_ways() == std::set<std::pair<std::size_t, std::size_t>>{{1, 2}, {2, 1}}));
}

BOOST_FIXTURE_TEST_CASE(lines_may_change, linked_ring) {
  BOOST_TEST((spread(3, 1) == 30ms));
  run->set_line({1, 5}, {}, direction::out, simulator::line_change{.latency = 70ms});
  BOOST_TEST((spread(3, 2) == 90ms));
  run->set_line({}, {}, direction::both, simulator::line_change{.added = 5ms});
  BOOST_TEST((spread(3, 3) == 45ms));
  run->set_line({}, {3}, direction::both, std::nullopt);
  BOOST_TEST((spread(3, 4) == 40ms));
  run->heal();
  BOOST_TEST((spread(3, 5) == 30ms));
}

BOOST_FIXTURE_TEST_CASE(a_line_that_changes_is_as_slow_as_before, linked_ring) {
  run->set_line({}, {}, direction::both, simulator::line_change{.bandwidth = 1000});
  const auto with_bandwidth = spread(1, 1);
  BOOST_TEST((with_bandwidth > 10ms));
  run->set_line({0}, {1}, direction::out, simulator::line_change{.bandwidth = 0});
  BOOST_TEST((spread(1, 2) == 10ms));
}

BOOST_FIXTURE_TEST_CASE(what_is_stalled_remains_so_when_the_line_changes, linked_ring) {
  run->separate({0});
  run->set_line({}, {}, direction::both, simulator::line_change{.latency = 1ms});
  publish(0, 1);
  run->run_for(1s);
  BOOST_TEST(heard_by(1).empty());
  run->set_line({}, {}, direction::both, std::nullopt);
  run->run_for(1s);
  BOOST_TEST(heard_by(1).empty());
  run->heal();
  run->run_for(1s);
  BOOST_TEST(heard_by(1) == rumours{1});
}

BOOST_FIXTURE_TEST_CASE(what_is_lost_comes_later, linked_ring) {
  run->set_line({}, {}, direction::both, simulator::line_change{.loss = 50});
  std::size_t late = 0;
  for (std::uint64_t i = 1; i <= 20; ++i) {
    auto took = spread(3, i);
    BOOST_TEST((took >= 30ms));
    late += took > 30ms ? 1 : 0;
  }
  BOOST_TEST(late > 10u);
}

BOOST_AUTO_TEST_CASE(regions_are_as_far_from_each_other_as_they_say) {
  simulator::simulation_options options{.links = *simulator::ring(6),
                                        .conditions = {.latency = 10ms}};
  options.places = {.names = {"a", "b"},
                    .of = {{0, 0}, {1, 0}, {2, 1}, {3, 1}},
                    .latencies = {{{0, 0}, 1ms}, {{0, 1}, 40ms}, {{1, 0}, 50ms}, {{1, 1}, 2ms}}};
  gossips network{options};
  BOOST_REQUIRE(network.run->run_until_linked(1s));
  auto begin = network.run->now();
  network.run->cut(0, 5);
  network.publish(0, 1);
  network.run->run_for(1s);
  std::map<std::size_t, caf::timespan> when;
  for (const auto& x : network.all("heard"))
    when[x.node] = x.when - begin;
  BOOST_TEST((when.at(1) == 1ms));
  BOOST_TEST((when.at(2) == 41ms));
  BOOST_TEST((when.at(3) == 43ms));
  BOOST_TEST((when.at(4) == 53ms));
}

// A scenario that is made small may have this step left.
BOOST_FIXTURE_TEST_CASE(a_node_that_was_not_slow_may_speed_up, linked_ring) {
  run->set_pace(1, std::nullopt);
  publish(0, 1);
  run->run_for(1s);
  BOOST_TEST(heard_by(1) == rumours{1});
}

BOOST_AUTO_TEST_CASE(a_region_keeps_its_name_when_it_is_written) {
  auto read = simulator::read_scenario(R"({"topology": {"kind": "ring", "nodes": 4},
    "line": {"latency_ms": 10}, "length_s": 1,
    "regions": [{"name": "$$a", "nodes": [0]}, {"name": "b", "nodes": [1], "latency_ms": {"$a": 7}}]})",
                                       "a.json", ".");
  BOOST_REQUIRE(read);
  BOOST_TEST(read->network.places.names == (std::vector<std::string>{"$a", "b"}));
  auto again = simulator::read_scenario(simulator::write_scenario(*read), "b.json", ".");
  BOOST_REQUIRE(again);
  BOOST_TEST(again->network.places.names == read->network.places.names);
  BOOST_TEST((again->network.places.latencies == read->network.places.latencies));
}

/// Two nodes whose echo takes 20 ms, one of which handles four messages a second.
simulator::scenario with_slow_node() {
  return *simulator::read_scenario(R"({"topology": {"kind": "complete", "nodes": 3},
    "line": {"latency_ms": 10}, "crypto": "none", "length_s": 60, "protocols": ["echo"],
    "schedule": [{"at_s": 5, "do": "slow_down", "node": 1, "messages_per_second": 4},
      {"at_s": 10, "do": "ask", "from": 0, "to": 1}, {"at_s": 10, "do": "ask", "from": 2, "to": 1},
      {"at_s": 10, "do": "ask", "from": 0, "to": 1}, {"at_s": 10, "do": "ask", "from": 0, "to": 2},
      {"at_s": 20, "do": "crash", "node": 1}, {"at_s": 21, "do": "start", "node": 1},
      {"at_s": 30, "do": "ask", "from": 0, "to": 1}, {"at_s": 30, "do": "ask", "from": 0, "to": 1},
      {"at_s": 40, "do": "speed_up", "node": 1}, {"at_s": 50, "do": "ask", "from": 0, "to": 1}]})",
                                   "a.json", ".");
}

BOOST_AUTO_TEST_CASE(a_slow_node_handles_one_message_after_another) {
  std::vector<std::int64_t> round_trips;
  simulator::player run{with_slow_node(), [&](const event& x) {
                          if (name_of(x) == "echoed")
                            round_trips.push_back(std::stoll(x.detail) / 1'000'000);
                        }};
  run.run_for(60s);
  // Node 2 answers at once. All handlers of node 1 take turns, and a crash does not help.
  BOOST_TEST(round_trips == (std::vector<std::int64_t>{20, 20, 270, 520, 20, 270, 20}),
             boost::test_tools::per_element());
}

/// Rumours of 100 kB, of which a slow node can take one in ten seconds.
BOOST_AUTO_TEST_CASE(who_writes_to_a_slow_node_has_to_wait) {
  auto options = simulator::simulation_options{.links = *simulator::ring(3)};
  options.conditions = {.latency = 10ms};
  options.limits.max_read_window = 100'000;
  options.paced = true;
  gossips network{options};
  BOOST_REQUIRE(network.run->run_until_linked(1s));
  network.run->set_pace(1, 10s);
  net::seeded_rng random{1};
  for (std::uint64_t i = 0; i < 10; ++i) {
    bytes content(100'000); // Noise, which cannot be compressed.
    for (auto& x : content)
      x = static_cast<std::uint8_t>(random.below(256));
    network.publish(0, i, blob{std::move(content)});
  }
  network.run->run_for(35s);
  BOOST_TEST(network.heard_by(2).size() == 10u);
  BOOST_TEST(network.heard_by(1).size() < 5u);
  // The windows of its sessions are full, and so are the pipes.
  const auto carried = network.run->traffic().carried;
  network.run->set_pace(1, std::nullopt);
  network.run->run_for(1min);
  BOOST_TEST(network.heard_by(1).size() == 10u);
  BOOST_TEST(network.run->traffic().carried > carried + 400'000);
}

/// A scenario in which a link is disturbed from the tenth second on, and not mended.
simulator::scenario disturbed(simulator::any_action what, const std::string& more = "") {
  auto out =
    *simulator::read_scenario(R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 600,
    "line": {"latency_ms": 10}, "crypto": "none", "schedule": [{"at_s": 500, "do": "publish", "node": 0})" +
                                more + R"(], "check": [{"that": "all_heard", "within_s": 20},
    {"that": "all_linked", "within_s": 60}]})",
                              "a.json", ".");
  out.schedule.insert(out.schedule.begin(), {10s, std::move(what)});
  return out;
}

void expect_all_hold(const simulator::scenario& what) {
  const auto verdicts = simulator::try_out(what, [] { return true; });
  BOOST_REQUIRE(verdicts->size() == 2u);
  for (const auto& x : *verdicts)
    BOOST_TEST(x.complaint == "");
}

BOOST_AUTO_TEST_CASE(no_check_fails_because_of_lines_that_are_disturbed) {
  namespace action = simulator::action;
  const simulator::line_change endless{.latency = 1h};
  for (const auto& x : std::vector<simulator::any_action>{
         action::separate{{0}, {}, direction::in},
         action::separate{{0}, {1, 2}, direction::out},
         action::set_line{{0}, {}, direction::both, endless},
         action::slow_down{1, 0.001},
       })
    expect_all_hold(disturbed(x));
  // Nor because they are mended.
  auto what = disturbed(action::set_line{{0}, {}, direction::both, endless},
                        R"(, {"at_s": 560, "do": "set_line"})");
  expect_all_hold(what);
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
