// SPDX-License-Identifier: BSL-1.0
//
// The tool's stdout and stderr when their reader has stopped or is gone, or the disk is full.
#include "echo_client.hpp"
#include "nonsense.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_output_test)

namespace {

/// A pipe whose write end our children inherit.
class inherited_pipe {
public:
  inherited_pipe() {
    BOOST_REQUIRE(::pipe(ends_.data()) == 0);
    ::fcntl(ends_[0], F_SETFD, FD_CLOEXEC);
  }
  inherited_pipe(const inherited_pipe&) = delete;
  inherited_pipe& operator=(const inherited_pipe&) = delete;
  ~inherited_pipe() {
    close_reader();
    ::close(ends_[1]);
  }

  void close_reader() {
    if (ends_[0] >= 0)
      ::close(ends_[0]);
    ends_[0] = -1;
  }

  [[nodiscard]] std::string writer() const { return std::to_string(ends_[1]); }

private:
  std::array<int, 2> ends_{-1, -1};
};

/// Shell redirections that make stdout unwritable.
struct nowhere {
  inherited_pipe gone;
  std::vector<std::string> all{">/dev/full", ">&-", ">&" + gone.writer()};
  nowhere() { gone.close_reader(); }
};

constexpr auto checked = R"({
  "topology": {"kind": "ring", "nodes": 3}, "crypto": "none", "length_s": 5,
  "line": {"latency_ms": 10}, "check": [{"that": "all_linked", "within_s": 4}]
})";
/// A scenario whose check fails as soon as it is over.
constexpr auto failing = R"({
  "topology": {"kind": "ring", "nodes": 3}, "crypto": "none", "length_s": 0,
  "line": {"latency_ms": 10}, "check": [{"that": "all_linked", "within_s": 0}]
})";

/// Checks that the run printed one error line and returned status 1, although it did its work.
void check_failure(tool& run, const std::string& context) {
  BOOST_TEST_CONTEXT("devp2p " << context) {
    BOOST_TEST(run.status() == 1);
    auto said = run.errors();
    BOOST_TEST(said.size() == 1u, joined(said));
    if (!said.empty())
      BOOST_TEST(said.back().starts_with("devp2p: stdout cannot be written"), said.back());
  }
}

/// A node that has echoed messages and printed two lines for each, which no program has read. There
/// are far more lines than its queue and the pipe can hold.
struct stalled_reader {
  static constexpr std::size_t messages = 8000;

  tool_node node{{"--echo", "--messages"}};

  stalled_reader() {
    echo_client client{std::vector<packet>(messages, packet{7, blob{bytes(10)}})};
    // The node goes on without a reader.
    BOOST_REQUIRE(client.meet(*enode::parse(node.url)));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(whose_reader_has_stopped, stalled_reader)

BOOST_AUTO_TEST_CASE(loses_the_oldest_lines_and_says_how_many) {
  std::size_t read = 0;
  std::size_t lost = 0;
  for (std::string what; what != "peer_dropped"; ++read) {
    auto event = json::parse(node.process.line());
    what = event.at("event");
    if (what == "lines_lost") {
      lost += event.at("count").get<std::size_t>();
      --read;
    }
  }
  BOOST_TEST(lost > 0u);
  // Two more lines tell the begin and the end of the session.
  BOOST_TEST(read + lost == 2 * messages + 2);
  // A reader that continues misses no further line.
  BOOST_TEST((tool{{"hello", node.url}}.status() == 0));
  BOOST_TEST(json::parse(node.process.line()).at("event") != "lines_lost");
  node.process.signal(SIGTERM);
  BOOST_TEST(node.process.status() == 0);
}

BOOST_AUTO_TEST_CASE(does_not_keep_it_from_ending) {
  node.process.signal(SIGTERM);
  check_failure(node.process, "node");
}

BOOST_AUTO_TEST_CASE(does_not_keep_it_from_ending_at_once) {
  node.process.signal(SIGTERM);
  node.process.signal(SIGINT);
  BOOST_TEST(node.process.status() > 128);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_log_that_nobody_reads_is_in_nobodys_way) {
  inherited_pipe log;
  tool node{{"node", "--listen", "127.0.0.1:0", "--log-level", "trace"}, "2>&" + log.writer()};
  auto url = node.line();
  auto where = enode::parse(url)->address;
  // More lines than the pipe holds.
  for (int i = 0; i < 1500; ++i)
    disturb(where);
  BOOST_TEST((tool{{"hello", url}}.status() == 0));
  node.signal(SIGTERM);
  node.rest();
  BOOST_TEST(node.status() == 0);
}

BOOST_AUTO_TEST_SUITE(that_cannot_be_written)

BOOST_FIXTURE_TEST_CASE(is_a_failure_of_every_command, scenario_folder) {
  nowhere stdout_is;
  auto file = write(checked);
  auto bad = directory / "bad.json";
  std::ofstream{bad} << failing;
  auto key = directory / "key";
  BOOST_TEST((tool{{"key", "new", key}}.status() == 0));
  tool_node node;
  const std::vector<std::vector<std::string>> commands{
    {"--help"},
    {"--version"},
    {"node", "--help"},
    {"key", "show", key},
    {"hello", node.url},
    {"node", "--listen", "127.0.0.1:0", "--log-level", "off"},
    {"nat", "map", "--port", "7777", "--nat", "extip:11.22.33.2"},
    {"nat", "rendezvous", "--listen", "127.0.0.1:0", "--listen", "127.0.0.2:0"},
    {"simulate", file},
    {"simulate", file, "--out", directory / "out"},
    {"simulate", file, "--seeds", "2"},
    {"simulate", file, "--shards", "2"},
  };
  int made = 0;
  for (const auto& way : stdout_is.all) {
    for (const auto& x : commands) {
      tool run{x, way};
      check_failure(run, json(x).dump() + ' ' + way);
    }
    // The created key is valid, although stdout is not writable.
    auto fresh = directory / ("fresh" + std::to_string(made++));
    tool make{{"key", "new", fresh}, way};
    check_failure(make, "key new " + way);
    BOOST_TEST((tool{{"key", "show", fresh}}.status() == 0));
    // The following runs have an error to report, too.
    for (const auto& x : std::vector<std::vector<std::string>>{
           {"simulate", bad}, {"simulate", bad, "--seeds", "2"}, {"simulate", bad, "--shrink"}}) {
      tool run{x, way};
      BOOST_TEST(run.status() == 1, json(x).dump() << ' ' << way);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(is_a_failure_of_what_it_leaves_too, scenario_folder) {
  auto file = write(checked);
  for (const auto* name : {"events.jsonl", "summary.json", "report.html"}) {
    auto out = directory / (std::string{"out-"} + name);
    std::filesystem::create_directory(out);
    std::filesystem::create_symlink("/dev/full", out + '/' + name);
    tool run{{"simulate", file, "--out", out}};
    run.rest();
    BOOST_TEST(run.status() == 1);
    BOOST_TEST(run.errors() ==
               std::vector<std::string>{"devp2p: " + out + '/' + name +
                                        ": cannot be written: No space left on device"});
  }
  {
    auto out = directory / "out-trace";
    std::filesystem::create_directory(out);
    std::filesystem::create_symlink("/dev/full", out + "/trace.txt");
    tool run{{"simulate", write(failing), "--out", out}};
    run.rest();
    BOOST_TEST(run.status() == 1);
    BOOST_TEST(run.errors() ==
               std::vector<std::string>{"devp2p: " + out +
                                        "/trace.txt: cannot be written: No space left on device"});
  }
  // A file stands where the folder should.
  for (const auto& more : std::vector<std::vector<std::string>>{{}, {"--shrink"}}) {
    std::vector<std::string> arguments{"simulate", file, "--out", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    tool run{arguments};
    run.rest();
    BOOST_TEST(run.status() == 1);
    BOOST_TEST(run.errors() ==
               std::vector<std::string>{"devp2p: " + file +
                                        ": the folder cannot be created: Not a directory"});
  }
  // A run that would take long ends when the error is noticed.
  auto out = directory / "long";
  std::filesystem::create_directory(out);
  std::filesystem::create_symlink("/dev/full", out + "/events.jsonl");
  auto endless = write(R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 30000000})");
  tool run{{"simulate", endless, "--out", out}};
  BOOST_TEST(run.status() == 1);
  BOOST_TEST(run.errors().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
