// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/check.hpp"
#include "devp2p/simulator/gossip.hpp"
#include "devp2p/simulator/program/delays.hpp"
#include "devp2p/simulator/program/event_table.hpp"
#include "devp2p/simulator/program/event_text.hpp"
#include "devp2p/simulator/program/event_trace.hpp"
#include "devp2p/simulator/program/fault_spans.hpp"
#include "devp2p/simulator/program/lines_from_end.hpp"
#include "devp2p/simulator/program/network_map.hpp"
#include "devp2p/simulator/program/network_observations.hpp"
#include "devp2p/simulator/program/observed_series.hpp"
#include "devp2p/simulator/program/rumour_curves.hpp"
#include "devp2p/simulator/program/time_series.hpp"
#include "devp2p/simulator/scenario.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
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

BOOST_AUTO_TEST_CASE(of_a_large_network_there_are_figures) {
  network_map subject{*simulator::ring(100'000)};
  auto started = [&](std::size_t node) {
    subject.add({.node = node, .what = event_kind::started});
  };
  auto linked = [&](std::size_t node, std::size_t peer) {
    subject.add({.node = node, .what = event_kind::peer_added, .peer = peer});
    subject.add({.node = peer, .what = event_kind::peer_added, .peer = node});
  };
  for (std::size_t i = 0; i < 5; ++i)
    started(i);
  linked(0, 1);
  linked(1, 2);
  linked(3, 4);
  auto all = subject.write({{2, 3}});
  BOOST_TEST(!all.contains("nodes"));
  BOOST_TEST(all["nodes_down"] == 100'000 - 5);
  BOOST_TEST(all["links_by_state"]["up"] == 3);
  BOOST_TEST(all["links_by_state"]["separated"] == 1);
  BOOST_TEST(all["links_by_state"]["down"] == 100'000 - 4);
  BOOST_TEST(all["degrees"].dump() == "[[2,2,100000]]");
  BOOST_TEST(all["parts"].dump() == R"({"count":2,"largest":[3,2]})");
  const auto& ranges = all["ranges"];
  BOOST_TEST(ranges["width"] == 2000);
  BOOST_TEST(ranges["down"].size() == network_map::max_ranges);
  BOOST_TEST(ranges["down"][0] == 1995);
  // Each range is linked to itself, to the next and, at last, to the first.
  BOOST_TEST(ranges["cells"].size() == 2 * network_map::max_ranges);
  BOOST_TEST(ranges["cells"][0].dump() == "[0,0,3,1995,1]");
}

BOOST_AUTO_TEST_CASE(many_degrees_are_ranges) {
  // A node i with i links, as far as that goes.
  simulator::topology links{500, {}};
  for (std::uint32_t i = 0; i < 500; ++i)
    for (std::uint32_t j = std::max(i + 1, 500 - i); j < 500; ++j)
      links.links.push_back({i, j});
  auto all = network_map{links}.write({});
  BOOST_TEST(all["degrees"].size() <= network_map::max_degrees);
  std::size_t nodes = 0;
  for (const auto& x : all["degrees"]) {
    BOOST_TEST(x[0].get<std::size_t>() <= x[1].get<std::size_t>());
    nodes += x[2].get<std::size_t>();
  }
  BOOST_TEST(nodes == 500u);
}

BOOST_AUTO_TEST_CASE(of_many_links_every_nth_is_drawn) {
  network_map subject{*simulator::random_regular(400, 50, 1)};
  auto all = subject.write({});
  BOOST_TEST(all["nodes"].size() == 400u);
  BOOST_TEST(all["links"].size() == 10'000u / 3 + 1);
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

BOOST_AUTO_TEST_CASE(an_observation_has_its_range_over_nodes) {
  observed_series subject{"height", 3, true};
  subject.set(0, 0s, 5);
  subject.set(1, 0s, 9);
  // A value that lasts for less than a span is in its range.
  subject.set(0, 1000ms + 1ns, -50);
  subject.set(0, 1000ms + 2ns, 6);
  subject.set(1, 2s, std::nullopt);
  auto all = subject.write(2s);
  BOOST_REQUIRE(all["least"].size() == 200u);
  auto at = [&](const char* name, std::size_t i) { return all[name][i].dump(); };
  BOOST_TEST(at("least", 0) == "5");
  BOOST_TEST(at("largest", 0) == "9");
  BOOST_TEST(at("middle", 0) == "5");
  BOOST_TEST(at("sum", 0) == "14");
  BOOST_TEST(at("least", 99) == "5");
  BOOST_TEST(at("least", 100) == "-50");
  BOOST_TEST(at("least", 101) == "6");
  BOOST_TEST(at("largest", 101) == "9");
  BOOST_TEST(at("sum", 101) == "15");
  BOOST_TEST(at("nodes", 199) == "1");
  BOOST_TEST(at("sum", 199) == "6");
  // The value that is gone was still there in the last span.
  BOOST_TEST(at("largest", 199) == "9");
  BOOST_TEST(all["each"].size() == 3u);
  BOOST_TEST(all["each"][2][100].is_null());
  BOOST_TEST(subject.last().dump() == R"({"nodes":1,"least":6,"middle":6,"largest":6,"sum":6})");
}

BOOST_AUTO_TEST_CASE(an_observation_stays_small_and_keeps_its_extremes) {
  observed_series subject{"height", 1000, false};
  for (std::int64_t i = 0; i < 100'000; ++i)
    subject.set(static_cast<std::size_t>(i % 1000), 1ms * i, i == 70'000 ? -1 : i);
  auto all = subject.write(100s);
  BOOST_TEST(all["least"].size() <= time_series<count>::max_buckets);
  BOOST_TEST(!all.contains("each"));
  BOOST_TEST(std::count(all["least"].begin(), all["least"].end(), -1) >= 1);
  BOOST_TEST(all["largest"].back() == 99'999);
  BOOST_TEST(all["middle"].back() == 99'499);
}

BOOST_AUTO_TEST_CASE(a_sum_that_does_not_fit_is_none) {
  observed_series subject{"digest", 2, true};
  subject.set(0, 0s, std::numeric_limits<std::int64_t>::max());
  subject.set(1, 0s, 1);
  BOOST_TEST(subject.last()["sum"].is_null());
}

BOOST_AUTO_TEST_CASE(a_number_of_the_network_is_that_of_the_end_of_a_moment) {
  simulator::scenario what;
  what.network.links = *simulator::ring(3);
  what.observations = {
    {"sum", [](const simulator::network_view& all) -> std::optional<std::int64_t> {
       std::optional<std::int64_t> out;
       for (std::size_t i = 0; i < all.nodes(); ++i)
         if (auto x = all.number(i, "height"))
           out = out.value_or(0) + *x;
       return out;
     }}};
  network_observations subject{what};
  auto height = [&](caf::timespan when, std::size_t node, std::int64_t value) {
    subject.add(
      {.when = when, .node = node, .what = event_kind::told, .name = "height", .value = value});
  };
  BOOST_TEST(subject.last().dump() == R"({"sum":{"last":null,"least":null,"largest":null}})");
  height(1s, 0, 5);
  height(1s, 1, -5); // 5 was never the outcome of a moment.
  height(2s, 2, 7);
  height(3s, 2, 1);
  subject.conclude();
  BOOST_TEST(subject.last().dump() == R"({"sum":{"last":1,"least":0,"largest":7}})");
  auto all = subject.write(4s).at(0);
  BOOST_TEST(all["name"] == "sum");
  auto at = [&](const char* name, double seconds) {
    auto place = static_cast<std::size_t>(seconds / all["seconds_each"].get<double>());
    return all[name].at(place).dump();
  };
  BOOST_TEST(at("value", 0.5) == "null");
  BOOST_TEST(at("value", 1.5) == "0");
  BOOST_TEST(at("value", 2.5) == "7");
  BOOST_TEST(at("largest", 2.9) == "7");
  BOOST_TEST(at("value", 3.9) == "1");
  // A network of which nothing is observed costs nothing.
  network_observations none{simulator::scenario{}};
  none.add({.when = 1s, .node = 9});
  none.conclude();
  BOOST_TEST(none.last().empty());
}

simulator::scenario scheduled(std::vector<simulator::scenario::step> steps) {
  simulator::scenario out;
  out.length = 60s;
  out.schedule = std::move(steps);
  return out;
}

BOOST_AUTO_TEST_CASE(faults_last_until_they_are_ended) {
  namespace action = simulator::action;
  auto what = scheduled({{1s, action::crash{3}},
                         {2s, action::crash{4}},
                         {5s, action::start{3}},
                         {6s, action::separate{{1, 2}}},
                         {7s, action::freeze{5}},
                         {8s, action::cut{1, 2}},
                         {9s, action::heal{}},
                         {50s, action::stall{1, 2}}});
  auto all = fault_spans{what}.write(20s);
  auto pieces = [&](const std::string& name) {
    for (const auto& x : all)
      if (x["what"] == name)
        return x["pieces"].dump();
    return std::string{"none"};
  };
  // Two that overlap are one; nothing starts node 4, so it is down until the end.
  BOOST_TEST(pieces("crash") == R"([{"from":1.0,"to":20.0,"count":2}])");
  BOOST_TEST(pieces("separate") == R"([{"from":6.0,"to":9.0,"count":1}])");
  BOOST_TEST(pieces("freeze") == R"([{"from":7.0,"to":9.0,"count":1}])");
  BOOST_TEST(pieces("cut") == R"([{"from":8.0,"to":8.0,"count":1}])");
  BOOST_TEST(pieces("stall") == "none");
}

BOOST_AUTO_TEST_CASE(faults_of_handlers_last_until_they_are_ended) {
  namespace action = simulator::action;
  auto what = scheduled({{1s, action::slow_down{3, 10}},
                         {2s, action::duplicate_messages{{1, 2}, 10}},
                         {3s, action::duplicate_messages{{3}, 20}},
                         {4s, action::duplicate_messages{{1, 2}, 0}},
                         {5s, action::reorder_messages{{}, 30}},
                         {6s, action::speed_up{3}},
                         {7s, action::skew_clock{1, 5ms, 10}},
                         {8s, action::reset_clock{1}},
                         {9s, action::heal{}},
                         {10s, action::crash{1, true}},
                         {11s, action::start{1}}});
  std::map<std::string, std::string> pieces;
  for (const auto& x : fault_spans{what}.write(20s))
    pieces[x["what"]] = x["pieces"].dump();
  BOOST_TEST(pieces["slow_down"] == R"([{"from":1.0,"to":6.0,"count":1}])");
  BOOST_TEST(pieces["duplicate_messages"] == R"([{"from":2.0,"to":9.0,"count":2}])");
  BOOST_TEST(pieces["skew_clock"] == R"([{"from":7.0,"to":8.0,"count":1}])");
  BOOST_TEST(pieces["crash"] == R"([{"from":10.0,"to":11.0,"count":1}])");
  BOOST_TEST(pieces["reorder_messages"] == R"([{"from":5.0,"to":9.0,"count":1}])");
}

BOOST_AUTO_TEST_CASE(of_many_faults_there_are_few_pieces) {
  namespace action = simulator::action;
  std::vector<simulator::scenario::step> steps;
  for (std::int64_t i = 0; i < 6000; ++i) {
    steps.push_back({10ms * i, action::crash{static_cast<std::size_t>(i)}});
    steps.push_back({10ms * i + 1ms, action::start{static_cast<std::size_t>(i)}});
  }
  auto all = fault_spans{scheduled(steps)}.write(60s);
  BOOST_TEST(all.size() == 2u);
  for (const auto& x : all) {
    BOOST_TEST(x["count"] == 6000);
    BOOST_TEST(x["pieces"].size() <= fault_spans::max_pieces);
  }
}

BOOST_AUTO_TEST_CASE(a_delay_is_in_a_bin_of_its_size) {
  delays subject;
  for (int i = 0; i < 99; ++i)
    subject.add(20ms);
  subject.add(3s);
  auto all = subject.write();
  BOOST_TEST(all["count"] == 100);
  std::uint64_t found = 0;
  for (const auto& x : all["bins"])
    found += x[1].get<std::uint64_t>();
  BOOST_TEST(found == 100u);
  BOOST_TEST(all["bins"][0][1] == 99);
  BOOST_TEST(all["bins"][0][0].get<double>() <= 0.02);
  BOOST_TEST(all["bins"][0][0].get<double>() * 1.25 >= 0.02);
  BOOST_TEST(all["half"].get<double>() >= 0.02);
  BOOST_TEST(all["half"].get<double>() <= 0.025);
}

BOOST_AUTO_TEST_CASE(of_many_events_the_first_and_the_last_of_each_kind_are_kept) {
  event_table subject;
  for (std::size_t i = 0; i < 1000; ++i)
    subject.add({.when = 1ms * i, .node = i, .what = event_kind::started});
  subject.add({.when = 2s, .node = 7, .what = event_kind::told, .name = "elected"});
  for (int i = 0; i < 100; ++i)
    subject.add(
      {.when = 3s, .node = 1, .what = event_kind::told, .name = "kind" + std::to_string(i)});
  auto all = subject.write({{1500ms, simulator::action::crash{3}}}, 10s);
  BOOST_TEST(all["counts"]["started"] == 1000);
  BOOST_TEST(all["counts"]["crash (action)"] == 1);
  BOOST_TEST(all["counts"]["other"] == 100 - (event_table::max_names - 2));
  BOOST_TEST(all["rows"].size() ==
             event_table::max_first + event_table::max_last + 1 + 1 + event_table::max_names - 2);
  BOOST_TEST(all["rows"][40].dump() == R"([0.96,960,"started",null,"",false])");
  BOOST_TEST(all["rows"][80].dump() == R"([1.5,3,"crash",null,"",true])");
}

/// A file of events, and what a trace of it shows.
struct traced {
  explicit traced(const std::string& text) { std::ofstream{file} << text; }
  ~traced() { std::filesystem::remove(file); }

  [[nodiscard]] event_trace trace(std::vector<std::size_t> nodes,
                                  const std::vector<simulator::scenario::step>& steps = {}) const {
    simulator::any_check what = simulator::check::few_failed{};
    return {file, {{what, "few_failed: so it is", std::move(nodes)}}, steps, 1h};
  }

  std::string file = std::filesystem::temp_directory_path() /
                     ("devp2p-trace-" + std::to_string(::getpid()) + ".jsonl");
};

std::string line_of(caf::timespan when, std::size_t node, const std::string& name) {
  return to_json(event{.when = when, .node = node, .what = event_kind::told, .name = name}) + '\n';
}

BOOST_AUTO_TEST_CASE(a_trace_has_the_last_events_of_the_nodes_concerned) {
  std::string text;
  for (std::size_t i = 0; i < 20'000; ++i)
    text += line_of(1ms * i, i % 50, "event " + std::to_string(i));
  const traced all{text};
  auto found = all.trace({7, 3}, {{19s, simulator::action::crash{3}},
                                  {19s, simulator::action::crash{4}},
                                  {500ms, simulator::action::crash{3}}});
  auto rows = found.write();
  BOOST_TEST(found.names() == "nodes 3 and 7");
  BOOST_TEST(rows["rows"].size() == event_trace::max_rows);
  BOOST_TEST(rows["has_more"] == true);
  BOOST_TEST(rows["rows"].back()[2] == "event 19957");
  std::size_t actions = 0;
  for (const auto& x : rows["rows"]) {
    BOOST_TEST((x[1] == 3 || x[1] == 7));
    actions += x[5].get<bool>() ? 1 : 0;
  }
  BOOST_TEST(actions == 1u);
  BOOST_TEST(
    found.text().starts_with("few_failed: so it is\n\nThe last 200 events of nodes 3 and 7,"));
  BOOST_TEST(found.text().find("\n19.000   3     > crash\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_trace_without_nodes_is_of_those_of_the_last_moment) {
  const traced all{line_of(1s, 1, "a") + line_of(2s, 2, "b") + line_of(3s, 3, "c") +
                   line_of(3s, 4, "d")};
  BOOST_TEST(all.trace({}).names() == "nodes 3 and 4");
  const traced alone{line_of(1s, 1, "a") + line_of(2s, 2, "b") + line_of(3s, 3, "c")};
  BOOST_TEST(alone.trace({}).names() == "nodes 2 and 3");
}

BOOST_AUTO_TEST_CASE(a_trace_survives_what_it_cannot_read) {
  BOOST_TEST(traced{""}.trace({1}).empty());
  BOOST_TEST(traced{"no event\n{\"ns\": 1}\n[]\n"}.trace({1}).empty());
  simulator::any_check what = simulator::check::few_failed{};
  BOOST_TEST((event_trace{"/nowhere", {{what, "few_failed: no", {1}}}, {}, 1s}.empty()));
  // A node that the checks name must not be there.
  BOOST_TEST(traced{line_of(1s, 1, "a")}.trace({999'999}).empty());
}

BOOST_AUTO_TEST_CASE(lines_are_read_from_the_end) {
  std::string text;
  std::vector<std::string> wanted;
  for (std::size_t i = 0; i < 3000; ++i) {
    wanted.push_back(std::string(i % 97 + 1, 'x') + std::to_string(i));
    text += wanted.back() + '\n';
  }
  std::reverse(wanted.begin(), wanted.end());
  const traced all{text};
  lines_from_end subject{all.file};
  std::vector<std::string> found;
  while (auto line = subject.next())
    found.push_back(*line);
  BOOST_TEST((found == wanted));
}

BOOST_AUTO_TEST_CASE(events_of_a_file_read_as_events_do) {
  for (const auto& x :
       {event{.when = 5ns, .node = 1, .what = event_kind::started},
        event{.when = 1s,
        .node = 2,
        .what = event_kind::peer_dropped,
        .peer = 3,
        .reason = disconnect_reason::ping_timeout,
        .remote_requested = true,
        .detail = "why"},
        event{.when = 2s, .node = 2, .what = event_kind::told, .name = "height", .value = -4},
        event{.when = 2s,
        .node = 2,
        .what = event_kind::told,
        .name = "voted",
        .fields = {{"term", 3}, {"for", "node 4"}}}}) {
    auto live = entry_of(x);
    auto read = parse_event(to_json(x));
    BOOST_REQUIRE(!!read);
    BOOST_TEST((to_row(*read) == to_row(live)), to_row(*read).dump() << to_row(live).dump());
  }
  const event voted{.fields = {{"term", 3}, {"for", "node 4"}}};
  BOOST_TEST(entry_of(voted).text == "term 3, for node 4");
  BOOST_TEST(seconds_text(1'002'003'004ns, 9) == "1.002003004");
  BOOST_TEST(seconds_text(0ns, 3) == "0.000");
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::tool
