// SPDX-License-Identifier: BSL-1.0
//
// Sweeps: many runs of one scenario, in processes of their own.
#include "tool.hpp"

#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_sweep_test)

namespace {

constexpr auto ring = R"({
  "topology": {"kind": "ring", "nodes": 6}, "crypto": "none", "line": {"latency_ms": 10},
  "length_s": 10, "schedule": [{"at_s": 5, "do": "publish", "node": 0}],
  "check": [{"that": "all_heard", "within_s": 1}]})";

struct sweep_folder : scenario_folder {
  std::string out = directory / "out";

  tool sweep(const std::string& file, const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"simulate", file, "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tool{arguments};
  }
  /// The values and the seed of each run that has been recorded.
  std::multiset<std::pair<std::string, std::uint64_t>> recorded() const {
    std::multiset<std::pair<std::string, std::uint64_t>> all;
    auto lines = lines_of(out + "/runs.jsonl");
    for (std::size_t i = 1; i < lines.size(); ++i) {
      auto run = json::parse(lines[i]);
      all.emplace(run["set"].dump(), run["seed"]);
    }
    return all;
  }
};

/// Returns the words of a line.
std::vector<std::string> words(const std::string& line) {
  std::vector<std::string> all;
  std::istringstream in{line};
  for (std::string x; in >> x;)
    all.push_back(x);
  return all;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(every_combination_runs_with_every_seed, sweep_folder) {
  auto run = sweep(write(ring), {"--sweep", "line.latency_ms=10,100", "--sweep",
                                 "topology.nodes=4,6,8", "--seeds", "3..4"});
  auto lines = run.rest();
  BOOST_TEST(run.status() == 0);
  BOOST_TEST(run.errors().empty());
  BOOST_REQUIRE(lines.size() == 7u);
  BOOST_TEST(words(lines[0]) == (std::vector<std::string>{
                                  "line.latency_ms", "topology.nodes", "runs", "failed",
                                  "rumours.seconds_to_100", "messages.handled", "bytes.carried"}));
  // Half a ring of four is two lines away.
  BOOST_TEST(lines[1].starts_with("10               4               2     0       0.02 "));
  BOOST_TEST(lines[6].starts_with("100              8               2     0       0.4 "));
  auto runs = recorded();
  BOOST_TEST(runs.size() == 12u);
  BOOST_TEST(runs.count({R"({"line.latency_ms":"100","topology.nodes":"6"})", 4}) == 1u);
  BOOST_TEST(lines_of(out + "/sweep.csv").size() == 7u);
  BOOST_TEST(joined(lines_of(out + "/sweep.html")).find("topology.nodes") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_run_of_a_sweep_is_that_of_the_same_values, sweep_folder) {
  auto file = write(ring);
  auto run = sweep(file, {"--sweep", "line.latency_ms=30", "--set", "redial_after_s=1"});
  run.rest();
  BOOST_TEST(run.status() == 0);
  auto swept = json::parse(lines_of(out + "/runs.jsonl").at(1))["summary"];
  tool alone{{"simulate", file, "--set", "redial_after_s=1", "--set", "line.latency_ms=30"}};
  auto same = json::parse(joined(alone.rest()));
  BOOST_TEST(alone.status() == 0);
  BOOST_TEST(swept == same);
}

BOOST_FIXTURE_TEST_CASE(a_check_that_fails_ends_no_sweep, sweep_folder) {
  // Links need more time than there is.
  auto file = write(ring);
  auto run = sweep(file, {"--sweep", "line.latency_ms=10,5000", "--seeds", "2", "--set",
                          R"(check=[{"that":"all_linked","within_s":1}])"});
  auto lines = run.rest();
  BOOST_TEST(run.status() == 3);
  BOOST_REQUIRE(lines.size() == 3u);
  BOOST_TEST(words(lines[1])[2] == "0");
  BOOST_TEST(words(lines[2])[2] == "2");
  BOOST_REQUIRE(run.errors().size() == 1u);
  BOOST_TEST(run.errors()[0] == "devp2p: a check fails: devp2p simulate " + file +
                                  R"( --set 'check=[{"that":"all_linked","within_s":1}]')"
                                  " --set line.latency_ms=5000 --seed 1");
}

BOOST_FIXTURE_TEST_CASE(a_sweep_that_was_killed_goes_on, sweep_folder) {
  const std::vector<std::string> all{
    "--sweep", "line.latency_ms=10,20,30,40", "--seeds", "10", "--jobs", "2"};
  auto file = write(ring);
  auto first = sweep(file, all);
  while (lines_of(out + "/runs.jsonl").size() < 6)
    std::this_thread::yield();
  first.signal(SIGKILL);
  first.status();
  // The last line may be cut off.
  std::ofstream{out + "/runs.jsonl", std::ios::app} << R"({"set":{"line.latency_ms":"1)";
  auto before = lines_of(out + "/runs.jsonl").size() - 2;
  auto second = sweep(file, all);
  auto lines = second.rest();
  BOOST_TEST(second.status() == 0);
  BOOST_REQUIRE(second.errors().size() == 1u);
  BOOST_TEST(second.errors()[0].ends_with(" of 40 runs were there already"));
  BOOST_REQUIRE(lines.size() == 5u);
  for (std::size_t i = 1; i < lines.size(); ++i)
    BOOST_TEST(words(lines[i])[1] == "10");
  auto runs = recorded();
  BOOST_TEST(runs.size() == 40u);
  BOOST_TEST(
    (std::set<std::pair<std::string, std::uint64_t>>{runs.begin(), runs.end()}.size() == 40u));
  BOOST_TEST(before >= 5u);
}

BOOST_FIXTURE_TEST_CASE(one_sweep_at_a_time_has_a_folder, sweep_folder) {
  auto file = write(ring);
  auto first = sweep(file, {"--sweep", "line.latency_ms=10,20", "--seeds", "1000"});
  while (lines_of(out + "/runs.jsonl").size() < 2)
    std::this_thread::yield();
  auto before = lines_of(out + "/runs.jsonl").size();
  auto second = sweep(file, {"--sweep", "line.latency_ms=10,20", "--seeds", "1000"});
  BOOST_TEST(second.rest().empty());
  BOOST_TEST(second.status() == 1);
  BOOST_TEST(joined(second.errors()) ==
             "devp2p: " + out +
               ": another sweep is under way there; choose another folder, or wait\n");
  BOOST_TEST(lines_of(out + "/runs.jsonl").size() >= before);
  first.signal(SIGKILL);
  first.status();
  // The lock dies with the sweep, even if its processes still run.
  auto third = sweep(file, {"--sweep", "line.latency_ms=10"});
  third.rest();
  BOOST_TEST(third.status() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_signal_ends_a_sweep_that_can_go_on, sweep_folder) {
  auto run = sweep(write(ring), {"--sweep", "line.latency_ms=10,20", "--seeds", "1000"});
  while (lines_of(out + "/runs.jsonl").size() < 3)
    std::this_thread::yield();
  run.signal(SIGINT);
  BOOST_TEST(run.rest().empty());
  BOOST_TEST(run.status() == 1);
  BOOST_REQUIRE(run.errors().size() == 1u);
  BOOST_TEST(run.errors()[0].starts_with("devp2p: stopped after "));
  BOOST_TEST(run.errors()[0].ends_with(" of 2000 runs; the same call goes on with the rest"));
}

BOOST_FIXTURE_TEST_CASE(wrong_values_are_refused_before_anything_runs, sweep_folder) {
  auto file = write(ring);
  auto refused = [&](const std::vector<std::string>& more) {
    auto run = sweep(file, more);
    BOOST_TEST(run.rest().empty());
    BOOST_TEST(run.status() == 2);
    auto errors = run.errors();
    BOOST_REQUIRE(errors.size() == 1u);
    return errors[0];
  };
  BOOST_TEST(refused({"--sweep", "line.latency_ms=10,fast"}) ==
             "devp2p: " + file + ": line.latency_ms, as set: a number must stand here");
  BOOST_TEST(refused({"--sweep", "line.late=10,20"}).find("unknown field") != std::string::npos);
  BOOST_TEST(refused({"--sweep", "seed=1,2"}) ==
             "devp2p: --sweep: --seeds says with which seeds to run");
  BOOST_TEST(refused({"--sweep", "length_s=10,11", "--set", "length_s=12"}) ==
             "devp2p: --sweep: length_s has one value by --set");
  BOOST_TEST(refused({"--sweep", "line.latency_ms=10,10"}).find("different values") !=
             std::string::npos);
  BOOST_TEST(
    refused({"--sweep", "line.latency_ms=1,2", "--seeds", "50001"}).find("at most 100000 runs") !=
    std::string::npos);
  BOOST_TEST(refused({"--sweep", "line.latency_ms=1", "--shards", "2"}).find("--shards") !=
             std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(runs_of_another_scenario_are_not_mixed_in, sweep_folder) {
  auto first = sweep(write(ring), {"--sweep", "line.latency_ms=10"});
  first.rest();
  BOOST_TEST(first.status() == 0);
  auto other = std::string{ring};
  other.replace(other.find("\"length_s\": 10"), 14, "\"length_s\": 11");
  auto second = sweep(write(other), {"--sweep", "line.latency_ms=10"});
  BOOST_TEST(second.rest().empty());
  BOOST_TEST(second.status() == 1);
  BOOST_TEST(second.errors().at(0).find("another scenario") != std::string::npos);
  BOOST_TEST(recorded().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
