// SPDX-License-Identifier: BSL-1.0
//
// Simulations in several processes: they end like those in one, or not at all.
#include "certificate_authority.hpp"
#include "relay.hpp"
#include "tool.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_shards_test)

namespace {

using namespace std::chrono_literals;

constexpr auto eventful = R"({
  "seed": 3, "topology": {"kind": "random_regular", "nodes": 16, "degree": 4}, "crypto": "none",
  "line": {"latency_ms": 20, "jitter": {"kind": "uniform", "low_ms": 0, "high_ms": 10}},
  "length_s": 20, "churn": {"mean_up_s": 10, "mean_down_s": 2, "to_s": 15},
  "schedule": [{"at_s": 1, "do": "publish", "node": 0}, {"at_s": 2, "do": "separate", "nodes": [0, 1, 2]},
    {"at_s": 3, "do": "publish", "node": 1, "size": 1000}, {"at_s": 9, "do": "heal"}]
})";

constexpr auto endless = R"({
  "topology": {"kind": "ring", "nodes": 4}, "crypto": "none", "line": {"latency_ms": 1},
  "length_s": 30000000
})";

/// Waits until the file has so many lines; the first one means that the run has begun.
void await(const std::string& path, std::size_t lines = 1) {
  auto end = soon();
  while (lines_of(path).size() < lines && child_process::clock::now() < end)
    std::this_thread::sleep_for(10ms);
  BOOST_REQUIRE(lines_of(path).size() >= lines);
}

/// A coordinator that waits for two shards.
struct by_hand : scenario_folder {
  std::string file = write(endless);
  std::unique_ptr<tool> coordinator;
  std::uint16_t port = 0;
  std::vector<std::unique_ptr<tool>> shards;

  void start(std::vector<std::string> extra = {}) {
    extra.insert(extra.begin(), {"simulate", file, "--shards", "2", "--listen", "127.0.0.1:0",
                                 "--out", directory / "out"});
    coordinator = std::make_unique<tool>(extra);
    auto end = soon();
    while (coordinator->errors().empty() && child_process::clock::now() < end)
      std::this_thread::sleep_for(10ms);
    auto said = joined(coordinator->errors());
    const std::string before = "waiting for 2 shards at 127.0.0.1:";
    BOOST_REQUIRE(said.rfind(before, 0) == 0);
    port = static_cast<std::uint16_t>(std::stoi(said.substr(before.size())));
  }

  tool& join(int index, std::vector<std::string> extra = {}) {
    return join_at(index, port, std::move(extra));
  }

  tool& join_at(int index, std::uint16_t at, std::vector<std::string> extra = {}) {
    extra.insert(extra.begin(), {"simulate", file, "--shard", std::to_string(index),
                                 "--coordinator", "127.0.0.1:" + std::to_string(at)});
    shards.push_back(std::make_unique<tool>(extra));
    return *shards.back();
  }

  /// Returns the last line that the failed coordinator prints.
  std::string complaint() {
    BOOST_TEST(coordinator->rest().empty(), "no sum of half a world");
    BOOST_TEST(coordinator->status() == 1);
    BOOST_TEST(!std::filesystem::exists(directory / "out/summary.json"));
    return coordinator->errors().back();
  }
};

/// Returns the arguments of a process with a certificate; `mode` is that of its key file.
std::vector<std::string> certified(certificate_authority& authority, const std::string& name,
                                   mode_t mode = 0600) {
  auto files = authority.certify(name);
  BOOST_REQUIRE(::chmod(files.key.c_str(), mode) == 0);
  return {"--certificate", files.certificate, "--key",
          files.key,       "--authorities",   files.authorities};
}

/// Returns a process that has all these arguments.
std::optional<pid_t> process_with(const std::vector<std::string>& arguments) {
  for (const auto& x : std::filesystem::directory_iterator{"/proc"}) {
    std::ifstream in{x.path() / "cmdline"};
    std::vector<std::string> all;
    for (std::string one; std::getline(in, one, '\0');)
      all.push_back(one);
    const auto has = [&](const std::string& y) {
      return std::find(all.begin(), all.end(), y) != all.end();
    };
    if (std::all_of(arguments.begin(), arguments.end(), has))
      return std::stoi(x.path().filename());
  }
  return std::nullopt;
}

const std::string lost_tail = " of 2 is lost (exit: remote_link_unreachable): the run cannot go on "
                              "without its nodes";

} // namespace

BOOST_FIXTURE_TEST_CASE(several_processes_have_the_outcome_of_one, scenario_folder) {
  auto file = write(eventful);
  std::string sum;
  std::string events;
  for (const std::string count : {"", "1", "2", "4"}) {
    auto folder = directory / ("out" + count);
    std::vector<std::string> arguments{"simulate", file, "--out", folder};
    if (!count.empty())
      arguments.insert(arguments.end(), {"--shards", count});
    tool run{arguments};
    auto printed = joined(run.rest());
    BOOST_TEST(run.status() == 0);
    BOOST_TEST(joined(run.errors()) == "");
    auto happened = joined(lines_of(folder + "/events.jsonl"));
    if (count.empty()) {
      sum = printed;
      events = happened;
      BOOST_TEST(json::parse(sum)["events"]["crashed"] > 5);
    }
    BOOST_TEST(printed == sum);
    BOOST_TEST((happened == events));
    auto page = joined(lines_of(folder + "/report.html"));
    BOOST_TEST(page.find(R"("kind":"peer")") != page.npos, "who took how much time");
  }
}

BOOST_FIXTURE_TEST_CASE(shards_may_be_started_by_hand, by_hand) {
  file = write(eventful);
  start();
  join(1);
  join(0);
  tool alone{{"simulate", file}};
  BOOST_TEST(joined(coordinator->rest()) == joined(alone.rest()));
  BOOST_TEST(coordinator->status() == 0);
  for (auto& x : shards) {
    BOOST_TEST(x->status() == 0);
    BOOST_TEST(joined(x->errors()) == "");
  }
}

BOOST_FIXTURE_TEST_CASE(shards_may_know_each_other_by_certificates, by_hand) {
  file = write(eventful);
  certificate_authority authority;
  start(certified(authority, "coordinator"));
  join(0, certified(authority, "zero"));
  join(1, certified(authority, "one"));
  tool alone{{"simulate", file}};
  BOOST_TEST(joined(coordinator->rest()) == joined(alone.rest()));
  BOOST_TEST(coordinator->status() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_key_that_others_may_open_is_told_once, by_hand) {
  file = write(eventful);
  certificate_authority authority;
  const auto open = certified(authority, "open", 0644);
  const auto warning =
    "devp2p: warning: " + open[3] + ": other users can open this key file; run chmod 600";
  std::vector<std::string> arguments{"simulate", file, "--shards", "2"};
  arguments.insert(arguments.end(), open.begin(), open.end());
  tool run{arguments};
  run.rest();
  BOOST_TEST(run.status() == 0);
  BOOST_TEST(run.errors() == std::vector<std::string>{warning});
  // A shard warns as well.
  start(certified(authority, "coordinator"));
  auto& first = join(0, open);
  join(1, certified(authority, "one"));
  coordinator->rest();
  BOOST_TEST(coordinator->status() == 0);
  BOOST_TEST(first.status() == 0);
  BOOST_TEST(first.errors() == std::vector<std::string>{warning});
}

BOOST_FIXTURE_TEST_CASE(a_shard_that_was_started_here_ends_when_it_is_told_to, scenario_folder) {
  auto file = write(endless);
  tool run{{"simulate", file, "--shards", "2", "--out", directory / "out"}};
  await(directory / "out/events.jsonl");
  const auto one = process_with({"simulate", file, "--shard"});
  BOOST_REQUIRE(one.has_value());
  BOOST_REQUIRE(::kill(*one, SIGTERM) == 0);
  BOOST_TEST(run.rest().empty());
  BOOST_TEST(run.status() == 1);
  BOOST_TEST(run.errors().back().ends_with(lost_tail), joined(run.errors()));
}

BOOST_FIXTURE_TEST_CASE(a_run_that_is_stopped_before_it_begins_says_so_once, scenario_folder) {
  auto file = write(endless);
  tool run{{"simulate", file, "--shards", "8"}};
  std::optional<pid_t> last;
  while (!last && !run.ended(child_process::clock::now()))
    last = process_with({"simulate", file, "--shard", "7"});
  BOOST_REQUIRE(last.has_value());
  BOOST_REQUIRE(::kill(*last, SIGSTOP) == 0);
  run.signal(SIGTERM);
  // A shard that still runs after that is too late, and must not say so.
  run.ended(child_process::clock::now() + std::chrono::seconds{1});
  ::kill(*last, SIGCONT);
  BOOST_TEST(run.rest().empty());
  BOOST_TEST(run.status() == 1);
  BOOST_TEST(joined(run.errors()) == "devp2p: stopped before all shards had connected\n");
}

BOOST_FIXTURE_TEST_CASE(a_shard_that_is_killed_ends_the_run, by_hand) {
  start();
  join(0);
  auto& second = join(1);
  await(directory / "out/events.jsonl");
  second.signal(SIGKILL);
  BOOST_TEST(complaint() == "devp2p: shard 1" + lost_tail);
  BOOST_TEST(shards.front()->status() == 0, "the other was told to end");
}

BOOST_FIXTURE_TEST_CASE(a_shard_that_is_frozen_ends_the_run, by_hand) {
  start();
  auto& first = join(0);
  join(1);
  await(directory / "out/events.jsonl");
  first.signal(SIGSTOP);
  BOOST_TEST(complaint() == "devp2p: shard 0" + lost_tail);
  first.signal(SIGKILL);
}

BOOST_FIXTURE_TEST_CASE(a_shard_that_is_cut_off_ends_the_run, by_hand) {
  start();
  relay between{port};
  join(0);
  auto& second = join_at(1, between.port());
  await(directory / "out/events.jsonl");
  between.cut();
  BOOST_TEST(complaint() == "devp2p: shard 1" + lost_tail);
  BOOST_TEST(second.status() == 1);
  BOOST_TEST(second.errors().back() == "devp2p: shard 1: the coordinator is gone");
}

BOOST_FIXTURE_TEST_CASE(shards_do_not_outlive_their_coordinator, by_hand) {
  start();
  join(0);
  join(1);
  await(directory / "out/events.jsonl");
  coordinator->signal(SIGKILL);
  for (auto& x : shards) {
    BOOST_TEST(x->status() == 1);
    BOOST_TEST(x->errors().back().find("the coordinator is gone") != std::string::npos);
  }
}

BOOST_FIXTURE_TEST_CASE(a_signal_ends_all_of_them_with_what_there_is, scenario_folder) {
  auto file = write(endless);
  tool run{{"simulate", file, "--shards", "2", "--out", directory / "out"}};
  // Four nodes start, and each of them gains two peers.
  await(directory / "out/events.jsonl", 12);
  run.signal(SIGINT);
  auto printed = json::parse(joined(run.rest()));
  BOOST_TEST(run.status() == 0);
  BOOST_TEST(printed["partial"] == true);
  BOOST_TEST(printed["linked_at_end"] == 4);
}

BOOST_FIXTURE_TEST_CASE(a_shard_of_another_run_is_sent_away, by_hand) {
  start();
  auto& other = join(0, {"--seed", "8"});
  BOOST_TEST(other.status() == 1);
  BOOST_TEST(other.errors().back() == "devp2p: shard 0: the coordinator runs another scenario");
  auto& beyond = join(2);
  BOOST_TEST(beyond.status() == 1);
  BOOST_TEST(beyond.errors().back() == "devp2p: shard 2: the parts are numbered from 0 to 1");
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_is_one_line, scenario_folder) {
  auto instant = write(R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 1})");
  auto said = [](std::vector<std::string> arguments, int status) {
    arguments.insert(arguments.begin(), "simulate");
    tool run{arguments};
    BOOST_TEST(run.rest().empty());
    BOOST_TEST(run.status() == status);
    BOOST_TEST(run.errors().size() == 1u);
    return joined(run.errors());
  };
  BOOST_TEST(
    said({instant, "--shards", "2"}, 2) ==
    "devp2p: " + instant +
      ": line.latency_ms: must not be 0 with --shards, since the shards run independently for "
      "the length of the latency\n");
  auto file = write(endless);
  BOOST_TEST(said({file, "--shard", "0"}, 2).find("--coordinator") != std::string::npos);
  BOOST_TEST(said({file, "--shards", "0"}, 2).find("--shards") != std::string::npos);
  BOOST_TEST(said({file, "--shards", "2", "--listen", "0.0.0.0:0"}, 1)
               .find("0.0.0.0:0 is not a loopback address") != std::string::npos);
  BOOST_TEST(said({file, "--shard", "0", "--coordinator", "127.0.0.1:1"}, 1)
               .find("127.0.0.1:1: no coordinator answers at this address") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
