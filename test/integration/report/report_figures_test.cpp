// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/gossip.hpp"
#include "devp2p/simulator/program/network_map.hpp"
#include "devp2p/simulator/program/rumour_curves.hpp"
#include "devp2p/simulator/program/time_series.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::tool {
BOOST_AUTO_TEST_SUITE(report_figures_test)

namespace {

using namespace std::chrono_literals;
using json = nlohmann::ordered_json;
using simulator::event;
using simulator::event_kind;

struct count {
  std::size_t all = 0;

  void merge(const count& next) { all += next.all; }
};

BOOST_AUTO_TEST_CASE(a_series_stays_small_and_loses_nothing) {
  time_series<count> subject{10ms};
  std::size_t all = 0;
  for (auto when = 0ms; when <= 100s; when += 7ms, ++all) {
    ++subject.at(when).all;
    BOOST_REQUIRE(subject.buckets().size() <= time_series<count>::max_buckets);
  }
  BOOST_TEST((subject.width() == 640ms));
  BOOST_TEST(subject.buckets().size() == 157u);
  std::size_t found = 0;
  for (const auto& x : subject.buckets())
    found += x.all;
  BOOST_TEST(found == all);
  // 640 ms contain 91 periods of 7 ms; the first bucket contains the event at 0 ms, too.
  BOOST_TEST(subject.buckets()[0].all == 92u);
}

BOOST_AUTO_TEST_CASE(what_happens_at_the_end_of_a_bucket_is_in_it) {
  time_series<count> subject{10ms};
  ++subject.at(0ms).all;
  ++subject.at(10ms).all;
  ++subject.at(10ms + 1ns).all;
  BOOST_REQUIRE(subject.buckets().size() == 2u);
  BOOST_TEST(subject.buckets()[0].all == 2u);
  BOOST_TEST(subject.buckets()[1].all == 1u);
}

BOOST_AUTO_TEST_CASE(a_series_may_jump) {
  time_series<count> subject{10ms};
  ++subject.at(1ms).all;
  ++subject.at(std::chrono::hours{24 * 365}).all;
  BOOST_TEST(subject.buckets().size() <= time_series<count>::max_buckets);
  BOOST_TEST(subject.buckets().front().all == 1u);
  BOOST_TEST(subject.buckets().back().all == 1u);
}

event heard(int rumour, caf::timespan when) {
  return {
    .when = when, .what = event_kind::told, .name = "heard", .detail = std::to_string(rumour)};
}

BOOST_AUTO_TEST_CASE(a_rumour_is_drawn_from_its_first_hearing) {
  rumour_curves subject{4};
  for (auto when : {5s, 6s, 8s})
    subject.add(heard(3, when));
  auto all = subject.write();
  BOOST_TEST(all["in_all"] == 1);
  BOOST_TEST(all["percent_a_step"] == 2);
  const auto& curve = all["shown"].at(0);
  BOOST_TEST(curve["rumour"] == 3);
  BOOST_TEST(curve["began"] == 5.0);
  BOOST_TEST(curve["heard_by"] == 3);
  // One of four nodes is 25 %, two are 50 %, three are 75 %.
  const auto& seconds = curve["seconds"];
  BOOST_REQUIRE(seconds.size() == 38u);
  for (std::size_t i = 0; i < seconds.size(); ++i)
    BOOST_TEST(seconds[i] == (i <= 12 ? 0.0 : i <= 25 ? 1.0 : 3.0), "after " << 2 * i << " %");
}

BOOST_AUTO_TEST_CASE(of_many_rumours_the_first_the_last_and_the_slowest_are_drawn) {
  rumour_curves subject{2};
  for (int i = 0; i < 100; ++i) {
    subject.add(heard(i, 1s * i));
    // One rumour never reaches all nodes, and some are slow.
    if (i != 50)
      subject.add(heard(i, 1s * i + (i % 15 == 0 ? 10ms * i : 1ms)));
  }
  auto all = subject.write();
  BOOST_TEST(all["in_all"] == 100);
  std::set<int> shown;
  for (const auto& x : all["shown"])
    shown.insert(x["rumour"].get<int>());
  BOOST_TEST((shown == std::set<int>{0,  1,  2,  3,  4,  5,  6,  15, 30, 45,
                                     50, 60, 75, 90, 94, 95, 96, 97, 98, 99}));
}

BOOST_AUTO_TEST_CASE(of_a_large_network_the_nodes_near_node_0_are_drawn) {
  network_map subject{*simulator::ring(100'000)};
  auto all = subject.write({});
  BOOST_TEST(all["nodes"].size() == network_map::max_nodes);
  // The links of a ring form one arc.
  BOOST_TEST(all["links"].size() == network_map::max_nodes - 1);
  BOOST_TEST(all["nodes"][0]["number"] == 0);
  BOOST_TEST(all["nodes"][1]["number"] == 1);
  BOOST_TEST(all["nodes"][2]["number"] == 99'999);
}

BOOST_AUTO_TEST_CASE(of_many_links_every_nth_is_drawn) {
  network_map subject{*simulator::random_regular(1000, 50, 1)};
  auto all = subject.write({});
  BOOST_TEST(all["nodes"].size() == 1000u);
  BOOST_TEST(all["links"].size() == 25'000u / 4);
  BOOST_TEST(all["nodes"][5]["degree"] == 50);
}

/// A ring of four nodes, and a map of it.
struct watched_ring {
  void run(caf::timespan time) { network.run_for(time); }

  /// Returns the state of each link, by the numbers of its two nodes.
  std::map<std::pair<std::size_t, std::size_t>, std::string> links() {
    auto all = map.write(network.stalled_ways());
    std::map<std::pair<std::size_t, std::size_t>, std::string> out;
    for (const auto& x : all["links"]) {
      auto first = all["nodes"][x[0].get<std::size_t>()]["number"].get<std::size_t>();
      auto second = all["nodes"][x[1].get<std::size_t>()]["number"].get<std::size_t>();
      out[{first, second}] = x[2].get<std::string>();
    }
    return out;
  }

  bool up(std::size_t number) {
    auto all = map.write(network.stalled_ways());
    for (const auto& x : all["nodes"])
      if (x["number"] == number)
        return x["up"].get<bool>();
    BOOST_FAIL("no node " << number);
    return false;
  }

  network_map map{*simulator::ring(4)};
  simulator::simulation network{
    {.links = *simulator::ring(4),
     .cleartext = true,
     .protocols =
       [](caf::actor_system& system, std::size_t) {
         return std::vector{simulator::gossip_protocol(simulator::spawn_gossip(system, {}))};
       },
     .on_event = [this](const event& x) { map.add(x); }}};
};

BOOST_FIXTURE_TEST_CASE(a_map_knows_what_is_up, watched_ring) {
  BOOST_TEST(links().at({0, 1}) == "down", "nobody has met yet");
  run(1s);
  for (const auto& [ends, state] : links())
    BOOST_TEST(state == "up", ends.first << ' ' << ends.second);
  network.crash(1);
  network.freeze(3);
  run(100ms);
  BOOST_TEST(!up(1));
  BOOST_TEST(up(3));
  BOOST_TEST(links().at({0, 1}) == "down");
  BOOST_TEST(links().at({1, 2}) == "down");
  BOOST_TEST(links().at({0, 3}) == "separated");
  BOOST_TEST(links().at({2, 3}) == "separated");
  network.start(1);
  network.heal();
  run(10s);
  BOOST_TEST(up(1));
  for (const auto& [ends, state] : links())
    BOOST_TEST(state == "up", ends.first << ' ' << ends.second);
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::tool
