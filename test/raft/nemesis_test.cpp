// SPDX-License-Identifier: BSL-1.0
//
// Clusters that a nemesis disturbs.
#include "chance.hpp"
#include "parts.hpp"

#include "devp2p/kit/for_each_seed.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <ostream>
#include <string>

namespace devp2p::raft {
BOOST_AUTO_TEST_SUITE(nemesis_test)

namespace {

namespace data = boost::unit_test::data;

/// The number of seeds, of which `DEVP2P_RAFT_SEEDS` asks for more.
std::size_t seeds_or(std::size_t least) {
  const auto* more = std::getenv("DEVP2P_RAFT_SEEDS");
  return more != nullptr ? std::stoul(more) : least;
}

const std::string everything = R"({"mean_between_s": 1, "mean_length_s": 2, "to_s": 30})";
/// Crashes and partitions that are shorter than an election.
const std::string hasty = R"({"faults": ["crash", "isolate", "cut"], "mean_between_s": 0.4,
  "mean_length_s": 0.3, "to_s": 30})";
/// Two, so that nodes crash while others are separated.
const std::string two = R"([{"faults": ["crash", "freeze"], "mean_between_s": 1, "mean_length_s": 1,
    "to_s": 30},
  {"faults": ["halves", "bridge", "one_way", "majority_ring", "lossy"], "mean_between_s": 2,
    "mean_length_s": 3, "to_s": 30}])";

/// Disorder, which no link makes, and clocks that are wrong.
const std::string odd = R"({"faults": ["duplicate", "reorder", "skew", "crash", "isolate"],
  "mean_between_s": 1, "mean_length_s": 3, "disorder_percent": 40, "drift_ppm": 500000,
  "to_s": 30})";

BOOST_DATA_TEST_CASE(all_checks_hold_whatever_a_nemesis_does,
                     data::make({everything, hasty, two, odd}), nemesis) {
  for (std::size_t nodes : {3, 5})
    kit::for_each_seed(seeds_or(3), [&](std::uint64_t seed) {
      const auto what = by_nemesis({.nodes = nodes, .nemesis = nemesis}, seed);
      BOOST_REQUIRE_EQUAL(complaint_of(what).second, "");
    });
}

BOOST_AUTO_TEST_CASE(what_a_nemesis_does_is_the_same_in_parts) {
  for (const auto& nemesis : {everything, two, odd}) {
    const auto what = by_nemesis({.nemesis = nemesis}, 1);
    const auto one = test::whole(what, std::chrono::seconds{1});
    BOOST_TEST(one.events.size() > 100u);
    for (std::size_t count : {2, 4}) {
      const auto parts = test::in_parts(what, count);
      BOOST_TEST(parts.hash == one.hash);
      BOOST_TEST((parts.events == one.events));
    }
  }
}

struct prey {
  chances like;
  /// The checks that find the defect.
  std::string checks;
  /// The first seed with which the defect is found.
  std::uint64_t seed;

  friend std::ostream& operator<<(std::ostream& out, const prey& x) { return out << x.like.defect; }
};

const std::vector<prey> preys{
  {{.defect = "no_jitter", .jitter_ms = 0, .nemesis = everything}, "agreed", 1},
  {{.defect = "lose_log", .nemesis = everything}, "agreed leaders_are_complete same_commands", 4},
  {{.defect = "stale_read", .nemesis = everything}, "fresh_reads", 10},
  {{.nodes = 3, .defect = "vote_twice", .latency_ms = 100, .nemesis = hasty}, "one_leader", 183},
  {{.nodes = 3, .defect = "commit_older_term", .latency_ms = 100, .nemesis = hasty},
   "leaders_are_complete same_commands",
   137},
};

BOOST_DATA_TEST_CASE(a_nemesis_finds_defects, data::make(preys)) {
  const auto what = by_nemesis(sample.like, sample.seed);
  const auto found = complaint_of(what);
  BOOST_TEST_MESSAGE(sample << ": " << found.second);
  BOOST_REQUIRE(!found.first.empty());
  BOOST_TEST(sample.checks.find(found.first) != sample.checks.npos, found.second);
  // Without the defect there is nothing to be found.
  auto sound = what;
  sound.protocols = known().offered({"raft"});
  BOOST_TEST(complaint_of(sound).second == "");
}

/// With `DEVP2P_RAFT_SEEDS`, searches for the defects as one who does not know where they are.
BOOST_DATA_TEST_CASE(a_search_with_a_nemesis_finds_defects, data::make(preys)) {
  const auto most = seeds_or(0);
  for (std::uint64_t seed = 1; seed <= most; ++seed)
    if (const auto found = complaint_of(by_nemesis(sample.like, seed)); !found.first.empty()) {
      BOOST_TEST_MESSAGE(sample << ": seed " << seed << ": " << found.second);
      return;
    }
  BOOST_TEST(most == 0u);
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::raft
