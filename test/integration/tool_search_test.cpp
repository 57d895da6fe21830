// SPDX-License-Identifier: BSL-1.0
//
// A defect planted in a protocol's handler: the search by seeds must find it and shrink it.
#include "tool.hpp"

#include <set>
#include <sstream>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_search_test)

namespace {

/// Returns a ring in which connections fail at times and rumours are published. With its default
/// seed, all nodes hear them even with the defect.
std::string ring(const std::string& defect) {
  return R"({
  "topology": {"kind": "ring", "nodes": 10}, "crypto": "none",
  "line": {"latency_ms": 10, "jitter": {"kind": "exponential", "mean_ms": 10}},
  "redial_after_s": 1, "length_s": 60, "gossip": {"defect": ")" +
         defect + R"("},
  "flaky_links": {"mean_between_s": 50, "to_s": 40},
  "schedule": [
    {"at_s": 5, "do": "publish", "node": 0}, {"at_s": 15, "do": "publish", "node": 3},
    {"at_s": 25, "do": "publish", "node": 6}, {"at_s": 35, "do": "publish", "node": 9}],
  "check": [{"that": "all_linked", "within_s": 15}, {"that": "all_heard", "within_s": 10}]})";
}

BOOST_FIXTURE_TEST_CASE(a_check_that_holds_is_in_the_sum, scenario_folder) {
  tool run{{"simulate", write(ring("quick_reconnect"))}};
  auto checks = json::parse(joined(run.rest()))["checks"];
  BOOST_TEST(run.status() == 0);
  BOOST_TEST(checks == json::parse(R"([{"that": "all_linked", "holds": true},
                                       {"that": "all_heard", "holds": true}])"));
}

BOOST_FIXTURE_TEST_CASE(a_planted_defect_is_found_by_seeds_and_made_small, scenario_folder) {
  auto file = write(ring("quick_reconnect"));
  auto begin = child_process::clock::now();
  tool run{{"simulate", file, "--seeds", "100", "--shrink", "--out", directory / "out"}};
  auto printed = run.rest(std::chrono::seconds{60});
  BOOST_TEST(run.status() == 3);
  BOOST_TEST((child_process::clock::now() - begin < std::chrono::seconds{60}));
  auto smallest = json::parse(joined(printed));
  BOOST_TEST(printed == lines_of(directory / "out/smallest.json"));
  BOOST_TEST(smallest["topology"]["nodes"] <= 4);
  BOOST_TEST(smallest["topology"]["nodes"] == 2);
  // One connection fails, and one rumour is published.
  BOOST_REQUIRE(smallest["schedule"].size() == 2u);
  std::set<std::string> done{smallest["schedule"][0]["do"], smallest["schedule"][1]["do"]};
  BOOST_TEST((done == std::set<std::string>{"cut", "publish"}));
  auto seed = smallest["seed"].get<std::uint64_t>();
  BOOST_REQUIRE(run.errors().size() == 2u);
  BOOST_TEST(run.errors()[0].starts_with("devp2p: seed " + std::to_string(seed) + ": all_heard: "));
  BOOST_TEST(run.errors()[1] == "devp2p: 2 nodes, 1 link and 2 steps still fail");

  // The smallest scenario contains the seed and fails again, but not without the defect.
  tool again{{"simulate", directory / "out/smallest.json"}};
  again.rest();
  BOOST_TEST(again.status() == 3);
  BOOST_REQUIRE(again.errors().size() == 1u);
  BOOST_TEST(again.errors()[0].starts_with("devp2p: all_heard: "));
  tool found{{"simulate", file, "--seed", std::to_string(seed)}};
  BOOST_TEST(json::parse(joined(found.rest()))["checks"][1]["holds"] == false);
  BOOST_TEST(found.status() == 3);
  smallest.erase("gossip");
  tool mended{{"simulate", write(smallest.dump())}};
  mended.rest();
  BOOST_TEST(mended.status() == 0);
}

BOOST_FIXTURE_TEST_CASE(without_the_defect_nothing_is_found, scenario_folder) {
  tool run{{"simulate", write(ring("none")), "--seeds", "30", "--shrink"}};
  BOOST_TEST(run.rest(std::chrono::seconds{60}) ==
             std::vector<std::string>{"all checks hold with the seeds 1 to 30"});
  BOOST_TEST(run.status() == 0);
  BOOST_TEST(run.errors().empty());
}

BOOST_FIXTURE_TEST_CASE(a_seed_that_is_found_is_told, scenario_folder) {
  auto file = write(ring("quick_reconnect"));
  tool run{{"simulate", file, "--seeds", "3..60"}};
  auto said = joined(run.rest());
  BOOST_TEST(run.status() == 3);
  const auto before = "devp2p simulate " + file + " --seed ";
  BOOST_REQUIRE(said.starts_with(before));
  auto seed = std::to_string(std::stoi(said.substr(before.size())));
  BOOST_TEST(said == before + seed + " runs it again; --shrink looks for a smaller scenario\n");
  tool again{{"simulate", file, "--seed", seed}};
  again.rest();
  BOOST_TEST(again.status() == 3);
}

BOOST_FIXTURE_TEST_CASE(the_run_of_a_seed_that_is_found_can_be_kept, scenario_folder) {
  auto file = write(ring("quick_reconnect"));
  tool run{{"simulate", file, "--seeds", "3..60", "--out", directory / "out"}};
  auto sum = json::parse(joined(run.rest()));
  BOOST_TEST(run.status() == 3);
  BOOST_TEST(sum["checks"][1]["holds"] == false);
  BOOST_TEST(sum == json::parse(joined(lines_of(directory / "out/summary.json"))));
  BOOST_TEST(std::filesystem::exists(directory / "out/events.jsonl"));
  // An unwritable folder is reported before the search begins.
  tool vain{{"simulate", file, "--seeds", "3..60", "--out", file + "/out"}};
  BOOST_TEST(vain.rest().empty());
  BOOST_TEST(vain.status() == 1);
  BOOST_TEST(vain.errors().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_signal_leaves_what_is_smallest_so_far, scenario_folder) {
  // Every smaller scenario fails, too, and the search takes long.
  auto file = write(R"({"topology": {"kind": "ring", "nodes": 3}, "crypto": "none",
    "length_s": 500, "churn": {"mean_up_s": 1, "mean_down_s": 1},
    "check": [{"that": "few_ended", "reason": "network error"}]})");
  tool run{{"simulate", file, "--shrink"}};
  auto end = soon();
  while (run.errors().empty() && child_process::clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  run.signal(SIGINT);
  auto printed = json::parse(joined(run.rest()));
  BOOST_TEST(run.status() == 3);
  BOOST_TEST(printed["topology"]["kind"] == "links");
  BOOST_TEST(run.errors().back().ends_with("still fail; a smaller scenario may exist"));
}

BOOST_FIXTURE_TEST_CASE(mistakes_are_one_line, scenario_folder) {
  auto file = write(R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 1})");
  const std::pair<std::vector<std::string>, std::string> wrong[] = {
    {{"--shrink"}, file + ": the scenario has no checks, so no seed can fail"},
    {{"--seeds", "2..1"},
     "--seeds: must be N or A..B, whole numbers up to 2^53 (--help says more)"},
    {{"--seeds", "x"}, "--seeds: must be N or A..B, whole numbers up to 2^53 (--help says more)"},
    {{"--seeds", "3", "--seed", "1"}, "--seed excludes --seeds (--help says more)"},
    {{"--shrink-time", "3"}, "--shrink-time requires --shrink (--help says more)"},
    {{"--certificate", "x", "--key", "x", "--authorities", "x"},
     "--certificate: needs --shards or --shard (--help says more)"},
  };
  for (auto [arguments, told] : wrong) {
    arguments.insert(arguments.begin(), {"simulate", file});
    tool run{arguments};
    BOOST_TEST(run.rest().empty());
    BOOST_TEST(run.status() == 2);
    BOOST_TEST(run.errors() == std::vector<std::string>{"devp2p: " + told});
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
