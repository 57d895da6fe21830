// SPDX-License-Identifier: BSL-1.0
//
// The memory of a whole node over loopback TCP, measured in a process of its own: by the case
// `budget` of the benchmark.
#include "devp2p/actors/memory_wait.hpp"

#include "child_process.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(memory_budget_over_tcp_test)

namespace {

using json = nlohmann::json;

child_process::clock::time_point in_two_minutes() {
  return child_process::clock::now() + std::chrono::minutes{2};
}

} // namespace

BOOST_AUTO_TEST_CASE(
  greedy_remotes_and_stuck_handlers_do_not_break_it_and_a_small_session_goes_on) {
  child_process bench{{DEVP2P_BENCHMARK, "budget", "--reps", "1", "--seconds", "2"}};
  for (const std::string handlers : {"flood", "hoard"})
    for (const std::string data : {"random", "repeat"})
      BOOST_TEST_CONTEXT(handlers << ", " << data) {
        auto begin = child_process::clock::now();
        auto line = bench.read_line(in_two_minutes());
        // On a busy machine, sessions may have waited for longer than one waits for another.
        auto waited = child_process::clock::now() - begin >= memory_wait::patience;
        BOOST_REQUIRE(line.has_value());
        BOOST_TEST_MESSAGE(*line);
        auto found = json::parse(*line);
        BOOST_TEST(found["remotes"] == 33);
        BOOST_TEST(found["handlers"].get<std::string>() == handlers);
        BOOST_TEST(found["data"].get<std::string>() == data);
        auto limit = found["limit_bytes"].get<double>();
        BOOST_TEST(found["peak_growth_bytes"].get<double>() < 1.2 * limit);
        BOOST_TEST(found["others_ended"] == 0);
        // Remotes that never read hold memory that others want. Those that wait for a handler wait.
        if (handlers == "hoard")
          BOOST_TEST((waited || found["sessions_ended"] == 0));
        else if (data == "random")
          BOOST_TEST(found["sessions_ended"] > 0);
        BOOST_TEST(found["small_echoes"] > 0);
      }
  BOOST_TEST((bench.wait(in_two_minutes()) == 0));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
