// SPDX-License-Identifier: BSL-1.0
#include "../address_sanitizer.hpp"
#include "tool.hpp"

#include <fcntl.h>

#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_simulate_test)

namespace {

constexpr auto small = R"({
  "topology": {"kind": "ring", "nodes": 4}, "crypto": "none", "line": {"latency_ms": 10},
  "length_s": 20,
  "schedule": [{"at_s": 1, "do": "publish", "node": 0}, {"at_s": 2, "do": "crash", "node": 1}]
})";

/// Sends `signal` to the run once it has written events to that file.
void signal_once_it_runs(tool& run, const std::string& events, int signal) {
  auto end = soon();
  while (lines_of(events).empty() && child_process::clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  run.signal(signal);
}

BOOST_FIXTURE_TEST_CASE(a_simulation_leaves_its_events_and_their_sum, scenario_folder) {
  auto file = write(small);
  std::string first;
  for (auto* folder : {"a", "b/c"}) {
    tool run{{"simulate", file, "--out", directory / folder}};
    auto printed = json::parse(joined(run.rest()));
    BOOST_TEST(run.status() == 0);
    BOOST_TEST(run.errors().empty());
    BOOST_TEST(printed == json::parse(joined(lines_of(directory / folder + "/summary.json"))));
    BOOST_TEST(printed["nodes"] == 4);
    BOOST_TEST(printed["partial"] == false);
    BOOST_TEST(printed["linked_at_end"] == 2);
    BOOST_TEST(printed["events"]["crashed"] == 1);
    BOOST_TEST(printed["ends"]["network error (self)"] == 2);
    // Node 0 tells nodes 1 and 3, both tell 2, and 2 tells the one from which it has not heard it.
    BOOST_TEST(printed["messages"]["handled"] == 5);
    BOOST_TEST(printed["messages"]["handled_per_second"] == 0.25);
    BOOST_TEST(printed["bytes"]["carried"] > 1000);
    BOOST_TEST(printed["rumours"][0]["heard_by"] == 4);
    BOOST_TEST(printed["rumours"][0]["seconds_to_100"] == 0.02);
    auto events = lines_of(directory / folder + "/events.jsonl");
    BOOST_TEST(json::parse(events.at(0)) == (json{{"ns", 0}, {"node", 0}, {"what", "started"}}));
    if (first.empty())
      first = joined(events);
    else
      BOOST_TEST(first == joined(events));
  }
}

/// Returns the flags with which some process has the file open; `nullopt` if none has.
std::optional<int> flags_of_open(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code gone;
  for (const auto& process : fs::directory_iterator{"/proc"})
    for (auto x = fs::directory_iterator{process.path() / "fd", gone};
         x != fs::directory_iterator{}; x.increment(gone)) {
      if (fs::read_symlink(x->path(), gone) != path)
        continue;
      std::ifstream in{process.path() / "fdinfo" / x->path().filename()};
      for (std::string word; in >> word;)
        if (int flags = 0; word == "flags:" && in >> std::oct >> flags)
          return flags;
    }
  return std::nullopt;
}

BOOST_FIXTURE_TEST_CASE(programs_that_are_started_do_not_inherit_its_files, scenario_folder) {
  auto file = write(R"({"topology": {"kind": "ring", "nodes": 4}, "length_s": 10000000})");
  tool run{{"simulate", file, "--out", directory / "out"}};
  std::optional<int> flags;
  for (const auto until = soon(); !flags && child_process::clock::now() < until;)
    flags = flags_of_open(directory / "out/events.jsonl");
  run.signal(SIGINT);
  BOOST_REQUIRE(!!flags);
  BOOST_TEST((*flags & O_CLOEXEC) != 0);
}

BOOST_FIXTURE_TEST_CASE(a_report_is_one_file_and_changes_nothing, scenario_folder) {
  auto file = write(small);
  tool with{{"simulate", file, "--out", directory / "out"}};
  auto measured = json::parse(joined(with.rest()));
  tool without{{"simulate", file}};
  BOOST_TEST(measured == json::parse(joined(without.rest())));
  auto page = joined(lines_of(directory / "out/report.html"));
  std::string begin = R"(<script type="application/json" id="data">)";
  auto from = page.find(begin);
  BOOST_REQUIRE(from != page.npos);
  from += begin.size();
  auto data = json::parse(page.substr(from, page.find("</script>", from) - from));
  BOOST_TEST(data["title"] == "scenario.json");
  BOOST_TEST(data["summary"] == measured);
  BOOST_TEST(data["series"]["messages"].size() <= 200u);
  BOOST_TEST(page.find("Chart.js Contributors") != page.npos, "the notice of its licence");
  for (auto* other : {"<link", "<script src", "@import", "url("})
    BOOST_TEST(page.find(other) == page.npos, other);
}

BOOST_FIXTURE_TEST_CASE(a_scenario_is_checked_without_a_run, scenario_folder) {
  auto file = write(small);
  tool right{{"simulate", file, "--check"}};
  BOOST_TEST(joined(right.rest()) ==
             file + ": 4 nodes, 4 links, 2 steps, 20 virtual s; protocols: gossip; checks: none\n");
  BOOST_TEST(right.status() == 0);
  BOOST_TEST(right.errors().empty());
  file = write("{\"topology\": {\"kind\": \"ring\", \"nodes\": 4},\n\"length_s\": 20,\n"
               "\"line\": {\"latency\": 1},\n\"schedule\": [{}],\n\"more\": 1}");
  tool wrong{{"simulate", file, "--check"}};
  BOOST_TEST(wrong.rest().empty());
  BOOST_TEST(wrong.status() == 2);
  auto told = wrong.errors();
  BOOST_REQUIRE(told.size() == 3u);
  for (std::size_t i = 0; i < told.size(); ++i)
    BOOST_TEST(told[i].starts_with("devp2p: " + file + ':' + std::to_string(i + 3) + ": "),
               told[i]);
  tool first{{"simulate", file}};
  BOOST_TEST(first.rest().empty());
  BOOST_TEST(joined(first.errors()) == told[0] + '\n');
}

BOOST_FIXTURE_TEST_CASE(a_scenario_may_come_from_stdin, scenario_folder) {
  auto file = write(small);
  tool from_file{{"simulate", file}};
  tool from_stdin{{"simulate", "-"}, "<" + file};
  auto same = json::parse(joined(from_stdin.rest()));
  auto expected = json::parse(joined(from_file.rest()));
  BOOST_TEST(same["parameters"]["file"] == "stdin");
  expected["parameters"]["file"] = "stdin";
  BOOST_TEST(same == expected);
  BOOST_TEST(from_stdin.status() == 0);
  std::ofstream{directory / "links"} << "0 1\n1 2\n";
  file = write(R"({"topology": {"kind": "edge_list", "file": "links"}, "length_s": 1})");
  tool beside{{"simulate", "-", "--check"}, "<" + file, "cd " + (directory / ".") + "; "};
  BOOST_TEST(joined(beside.rest()).starts_with("stdin: 3 nodes, 2 links, "));
  tool wrong{{"simulate", "-"}, "</dev/null"};
  BOOST_TEST(wrong.rest().empty());
  BOOST_TEST(wrong.status() == 2);
  BOOST_TEST(joined(wrong.errors()).starts_with("devp2p: stdin:1: syntax error"));
  tool shards{{"simulate", "-", "--shards", "2"}, "<" + file};
  BOOST_TEST(shards.rest().empty());
  BOOST_TEST(shards.status() == 2);
  BOOST_TEST(joined(shards.errors()) ==
             "devp2p: --shards: needs a FILE that each process can read, "
             "not stdin (--help says more)\n");
}

BOOST_FIXTURE_TEST_CASE(values_are_set_in_every_process, scenario_folder) {
  auto file = write(small);
  const std::vector<std::string> set{"--set", "line.latency_ms=35",
                                     "--set", R"(schedule[1].nodes={"sample": 2})",
                                     "--set", "schedule[1].do=freeze"};
  auto run = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"simulate", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    tool run{arguments};
    return json::parse(joined(run.rest()));
  };
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), set.begin(), set.end());
    return run(more);
  };
  // The step has node 1 already.
  tool both{{"simulate", file, "--set", "schedule[1].nodes=[2]"}};
  BOOST_TEST(both.rest().empty());
  BOOST_TEST(joined(both.errors()) ==
             "devp2p: " + file +
               ": schedule[1].nodes, as set: either node or nodes may stand here\n");
  file = write(R"({"topology": {"kind": "ring", "nodes": 4}, "crypto": "none", "length_s": 20,
    "line": {"latency_ms": 10}, "schedule": [{"at_s": 1, "do": "publish", "node": 0},
    {"at_s": 0.5, "do": "crash"}]})");
  auto one = with({});
  BOOST_TEST(one["rumours"][0]["heard_by"] < 4);
  BOOST_TEST(with({"--shards", "2"})["hash"] == one["hash"]);
  tool without{{"simulate", file}};
  BOOST_TEST(without.rest().empty());
  BOOST_TEST(without.status() == 2);
}

BOOST_FIXTURE_TEST_CASE(another_seed_is_another_run, scenario_folder) {
  auto file = write(R"({"topology": {"kind": "ring", "nodes": 3}, "crypto": "none", "length_s": 5,
    "line": {"jitter": {"kind": "exponential", "mean_ms": 10}}})");
  auto hash = [&](const std::string& seed) {
    tool run{{"simulate", file, "--seed", seed}};
    auto out = json::parse(joined(run.rest()));
    BOOST_TEST(out["seed"] == std::stoi(seed));
    return out["hash"].get<std::string>();
  };
  BOOST_TEST(hash("1") == hash("1"));
  BOOST_TEST(hash("1") != hash("2"));
}

BOOST_FIXTURE_TEST_CASE(a_signal_ends_it_with_what_there_is, scenario_folder) {
  auto file = write(R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 30000000})");
  tool run{{"simulate", file, "--out", directory / "out"}};
  signal_once_it_runs(run, directory / "out/events.jsonl", SIGINT);
  auto printed = json::parse(joined(run.rest()));
  BOOST_TEST(run.status() == 0);
  BOOST_TEST(printed["partial"] == true);
}

BOOST_FIXTURE_TEST_CASE(a_signal_before_its_checks_is_a_failure, scenario_folder) {
  auto file = write(R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 30000000,
    "line": {"latency_ms": 10}, "check": [{"that": "all_linked", "within_s": 5}]})");
  for (const auto& more : std::vector<std::vector<std::string>>{{}, {"--shards", "2"}})
    for (auto signal : {SIGINT, SIGTERM}) {
      std::vector<std::string> arguments{"simulate", file, "--out", directory / "out"};
      std::filesystem::remove_all(directory / "out");
      arguments.insert(arguments.end(), more.begin(), more.end());
      tool run{arguments};
      signal_once_it_runs(run, directory / "out/events.jsonl", signal);
      auto printed = json::parse(joined(run.rest()));
      BOOST_TEST(run.status() == 1);
      BOOST_TEST(printed["partial"] == true);
      BOOST_TEST(printed["checks"].empty());
      BOOST_TEST(run.errors() == std::vector<std::string>{
                                   "devp2p: stopped before the end: the checks were not made"});
    }
}

// AddressSanitizer needs more memory than these limits allow.
#ifndef DEVP2P_ADDRESS_SANITIZER
BOOST_FIXTURE_TEST_CASE(out_of_memory_is_one_line, scenario_folder) {
  auto file = write(R"({"topology": {"kind": "star", "nodes": 20000}, "crypto": "none",
    "line": {"latency_ms": 10}, "length_s": 5,
    "check": [{"that": "all_linked", "within_s": 5}]})");
  for (const auto& more : std::vector<std::vector<std::string>>{
         {}, {"--out", directory / "out"}, {"--seeds", "2"}, {"--shrink"}})
    for (const auto* kilobytes : {"150000", "200000"}) {
      std::vector<std::string> arguments{"simulate", file};
      arguments.insert(arguments.end(), more.begin(), more.end());
      tool run{arguments, "", "ulimit -v " + std::string{kilobytes} + "; "};
      BOOST_TEST(run.rest().empty());
      BOOST_TEST(run.status() == 1);
      BOOST_TEST(run.errors() == std::vector<std::string>{"devp2p: out of memory"});
    }
}
#endif

BOOST_FIXTURE_TEST_CASE(a_mistake_is_one_line, scenario_folder) {
  auto file = write("{\"topology\": {\"kind\": \"ring\", \"nodes\": 3}}");
  auto list = directory / "list.json";
  std::ofstream{list} << "[]";
  for (const auto& [argument, told] :
       {std::pair{file, "devp2p: " + file + ":1: length_s: this field is missing"},
        std::pair{list, "devp2p: " + list + ":1: the file must be an object, {...}"},
        std::pair{directory / ".",
                  "devp2p: " + (directory / ".") + ": cannot be read: Is a directory"},
        std::pair{directory / "none", "devp2p: " + (directory / "none") +
                                        ": cannot be read: No such file or directory"}}) {
    tool run{{"simulate", argument}};
    BOOST_TEST(run.rest().empty());
    BOOST_TEST(run.status() == 2);
    BOOST_TEST(run.errors() == std::vector<std::string>{told});
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
