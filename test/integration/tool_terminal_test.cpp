// SPDX-License-Identifier: BSL-1.0
//
// The tool at a terminal whose screen has been stopped, as by Ctrl-S, or that no program reads any
// more.
#include "echo_client.hpp"
#include "nonsense.hpp"
#include "terminal.hpp"

#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_terminal_test)

namespace {

using namespace std::chrono_literals;

/// Causes more lines than an unread terminal can hold: two for each message.
void make_a_noise(const std::string& url) {
  echo_client client{std::vector<packet>(1000, packet{7, blob{bytes(10)}})};
  BOOST_REQUIRE(client.meet(*enode::parse(url)));
  // Gives the node's writer time to notice that.
  std::this_thread::sleep_for(300ms);
}

std::string first_url(const std::string& shown) {
  const auto begin = shown.find("enode://");
  return shown.substr(begin, shown.find('"', begin) - begin);
}

constexpr auto long_run = R"({
  "topology": {"kind": "ring", "nodes": 50}, "crypto": "none", "line": {"latency_ms": 10},
  "length_s": 30000000, "check": [{"that": "all_linked", "within_s": 29999999}]
})";

} // namespace

BOOST_AUTO_TEST_SUITE(a_terminal_that_nobody_reads)

BOOST_AUTO_TEST_CASE(does_not_keep_a_node_from_ending) {
  const terminal screen;
  tool node{
    {"node", "--listen", "127.0.0.1:0", "--json", "--log-level", "off", "--echo", "--messages"},
    ">" + screen.name()};
  const auto shown = screen.read_until("}");
  make_a_noise(first_url(shown));
  node.signal(SIGTERM);
  BOOST_TEST(node.status() == 1);
  BOOST_TEST(node.errors() ==
             std::vector<std::string>{"devp2p: stdout cannot be written: it is not being read"});
}

BOOST_AUTO_TEST_CASE(does_not_keep_a_node_from_ending_that_logs_there) {
  const terminal screen;
  tool node{{"node", "--listen", "127.0.0.1:0", "--json", "--log-level", "trace", "--echo"},
            "2>" + screen.name()};
  const std::string url = node.event("listening").at("enode");
  for (int i = 0; i < 500; ++i)
    disturb(enode::parse(url)->address);
  std::this_thread::sleep_for(300ms);
  node.signal(SIGTERM);
  node.rest();
  BOOST_TEST(node.status() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_screen_that_is_stopped, scenario_folder)

BOOST_AUTO_TEST_CASE(does_not_stop_a_simulation) {
  const auto file = write(long_run);
  for (const auto& more : {std::vector<std::string>{}, {"--seeds", "3"}, {"--shards", "1"}}) {
    const terminal screen;
    std::vector<std::string> arguments{"simulate", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    tool run{arguments, "2>" + screen.name()};
    screen.read_until("\033[K");
    screen.stop_screen();
    // In this time it would print its progress more than once.
    std::this_thread::sleep_for(1s);
    run.signal(SIGTERM);
    run.rest();
    BOOST_TEST(run.status() == 1, json(arguments).dump());
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
