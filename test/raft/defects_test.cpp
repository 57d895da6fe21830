// SPDX-License-Identifier: BSL-1.0
//
// Defects that were planted are found by chance, and made small.
#include "chance.hpp"

#include "devp2p/simulator/shrink.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ostream>
#include <string>

namespace devp2p::raft {
BOOST_AUTO_TEST_SUITE(defects_test)

namespace {

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;

struct hunt {
  chances like;
  /// The checks that find the defect.
  std::string checks;
  /// The first seed with which the defect is found and made as small as that.
  std::uint64_t seed;
  std::size_t steps;
  /// Whether this takes so long that it is asked for.
  bool slow = false;

  friend std::ostream& operator<<(std::ostream& out, const hunt& x) { return out << x.like.defect; }
};

const std::vector<hunt> hunts{
  {{.nodes = 3, .defect = "no_jitter", .jitter_ms = 0}, "agreed", 35, 0},
  {{.nodes = 3, .defect = "lose_log"}, "leaders_are_complete same_commands", 2, 2},
  {{.nodes = 3, .defect = "stale_read"}, "fresh_reads", 2, 4},
  {{.nodes = 3, .defect = "vote_twice", .latency_ms = 100, .between = 400ms},
   "one_leader",
   177,
   6,
   true},
  {{.nodes = 3, .defect = "commit_older_term", .latency_ms = 100, .between = 500ms},
   "leaders_are_complete same_commands",
   1724,
   4,
   true},
};

/// The number of seeds that the environment asks for, as a long test.
std::uint64_t most_seeds() {
  const auto* asked = std::getenv("DEVP2P_RAFT_SEEDS");
  return asked != nullptr ? std::stoull(asked) : 0;
}

/// Makes what the seed has found small, and says what came of it.
simulator::scenario smallest(const hunt& of, std::uint64_t seed, const std::string& check) {
  const auto what = by_chance(of.like, seed);
  simulator::shrinker out{
    what, [&](const simulator::scenario& x) { return complaint_of(x).first == check; }, 2000};
  out.run([] { return true; });
  BOOST_TEST_MESSAGE(of << ": seed " << seed << ": from " << what.schedule.size() << " steps to "
                        << out.smallest().schedule.size() << " in " << out.runs()
                        << " runs: " << simulator::write_scenario(out.smallest()));
  return out.smallest();
}

void expect_small(const hunt& of, const simulator::scenario& left) {
  BOOST_TEST(left.network.links.nodes <= 5u);
  BOOST_TEST(left.schedule.size() <= of.steps);
  // Without the defect there is nothing to be found.
  auto sound = left;
  sound.protocols = known().offered({"raft"});
  BOOST_TEST(complaint_of(sound).second == "");
}

BOOST_DATA_TEST_CASE(a_defect_is_found_and_made_small, data::make(hunts)) {
  const auto found = complaint_of(by_chance(sample.like, sample.seed));
  BOOST_TEST_MESSAGE(sample << ": " << found.second);
  BOOST_REQUIRE(!found.first.empty());
  BOOST_TEST(sample.checks.find(found.first) != sample.checks.npos, found.second);
  if (!sample.slow || most_seeds() > 0)
    expect_small(sample, smallest(sample, sample.seed, found.first));
}

/// With `DEVP2P_RAFT_SEEDS`, searches for the defects as one who does not know where they are.
BOOST_DATA_TEST_CASE(a_search_finds_defects, data::make(hunts)) {
  const auto most = most_seeds();
  const auto begin = std::chrono::steady_clock::now();
  auto seconds = [&] {
    return std::chrono::duration<double>{std::chrono::steady_clock::now() - begin}.count();
  };
  auto steps = ~std::size_t{0};
  for (std::uint64_t seed = 1; seed <= most && steps > sample.steps && seconds() < 60; ++seed) {
    const auto found = complaint_of(by_chance(sample.like, seed));
    if (found.first.empty())
      continue;
    BOOST_TEST_MESSAGE(sample << ": seed " << seed << " after " << seconds()
                              << " s: " << found.second);
    const auto left = smallest(sample, seed, found.first);
    BOOST_TEST_MESSAGE("after " << seconds() << " s");
    steps = std::min(steps, left.schedule.size());
  }
  BOOST_TEST((most == 0 || steps <= sample.steps));
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::raft
