// SPDX-License-Identifier: BSL-1.0
//
// Clusters in virtual time that have no defect.
#include "chance.hpp"
#include "parts.hpp"

#include "devp2p/kit/for_each_seed.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>

namespace devp2p::raft {
BOOST_AUTO_TEST_SUITE(cluster_test)

namespace {

using namespace std::chrono_literals;

/// The number of seeds, of which `DEVP2P_RAFT_SEEDS` asks for more.
std::size_t seeds(std::size_t least) {
  const auto* more = std::getenv("DEVP2P_RAFT_SEEDS");
  return more != nullptr ? std::stoul(more) : least;
}

std::int64_t last(const test::outcome& of, std::size_t node, const std::string& name) {
  std::int64_t out = -1;
  for (const auto& x : of.events)
    if (x.node == node && x.name == name)
      out = x.value.value_or(-1);
  return out;
}

BOOST_AUTO_TEST_CASE(nodes_agree_on_the_commands_of_clients) {
  auto what = cluster_of({.length = 30s}, 1);
  for (std::size_t i = 0; i < 50; ++i)
    what.schedule.push_back({5s + i * 200ms, simulator::any_record{propose{i % 5, "x"}}});
  for (std::size_t i = 0; i < 5; ++i)
    what.schedule.push_back({20s, simulator::any_record{read{i}}});
  auto out = test::whole(what, 1s);
  BOOST_TEST(complaint_of(what).second == "");
  // A fifth of them was told to the leader, who also has an entry of its own for each term.
  BOOST_TEST(last(out, 0, "applied") >= 11);
  std::size_t leaders = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    leaders += last(out, i, "role") == 2 ? 1 : 0;
    BOOST_TEST(last(out, i, "applied") == last(out, 0, "applied"));
    BOOST_TEST(last(out, i, "digest") == last(out, 0, "digest"));
  }
  BOOST_TEST(leaders == 1u);
  auto count = [&](const std::string& name) {
    return std::count_if(out.events.begin(), out.events.end(),
                         [&](const auto& x) { return x.name == name; });
  };
  BOOST_TEST(count("read") == 1);
  BOOST_TEST(count("refused") == 4);
}

void hold(const chances& like, std::size_t least) {
  kit::for_each_seed(seeds(least), [&](std::uint64_t seed) {
    BOOST_REQUIRE_EQUAL(complaint_of(by_chance(like, seed)).second, "");
  });
}

BOOST_AUTO_TEST_CASE(all_checks_hold_whatever_happens_to_five) {
  hold({}, 20);
}

BOOST_AUTO_TEST_CASE(all_checks_hold_whatever_happens_to_three) {
  hold({.nodes = 3, .latency_ms = 100, .between = 500ms}, 20);
}

BOOST_AUTO_TEST_CASE(all_checks_hold_on_slow_lines) {
  hold({.nodes = 3, .latency_ms = 200, .jitter_ms = 50}, 20);
}

BOOST_AUTO_TEST_CASE(parts_have_the_outcome_of_the_whole) {
  for (const std::string defect : {"none", "lose_log"}) {
    std::uint64_t seed = 1;
    auto what = by_chance({.defect = defect}, seed);
    while (defect != "none" && seed < 100 && complaint_of(what).first.empty())
      what = by_chance({.defect = defect}, ++seed);
    auto one = test::whole(what, 20ms);
    auto verdict = [&](const test::outcome& of) {
      simulator::judge subject{what};
      for (const auto& x : of.events)
        subject.add(x);
      std::string out;
      for (const auto& x : subject.verdicts(of.now))
        out += x.complaint;
      return out;
    };
    BOOST_TEST(verdict(one).empty() == (defect == "none"));
    for (std::size_t count : {1, 2, 4}) {
      auto parts = test::in_parts(what, count);
      BOOST_TEST(parts.hash == one.hash);
      BOOST_TEST((parts.events == one.events));
      BOOST_TEST(verdict(parts) == verdict(one));
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::raft
