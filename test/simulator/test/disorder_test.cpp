// SPDX-License-Identifier: BSL-1.0
//
// Messages that come twice, or after the next.
#include "devp2p/simulator/message_disorder.hpp"

#include "parts.hpp"

#include "devp2p/actors/typed/members.hpp"
#include "devp2p/actors/typed/typed_protocol.hpp"
#include "devp2p/simulator/judge.hpp"
#include "devp2p/simulator/model.hpp"
#include "devp2p/simulator/shrink.hpp"
#include "devp2p/simulator/standard_model.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(disorder_test)

namespace {

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using simulator::disordered_messages;
using codes = std::vector<std::uint64_t>;
using texts = std::vector<std::string>;

codes codes_of(const std::vector<packet>& all) {
  codes out;
  for (const auto& x : all)
    out.push_back(x.code);
  return out;
}

BOOST_AUTO_TEST_CASE(a_late_message_comes_after_the_next) {
  disordered_messages some;
  BOOST_TEST(codes_of(some.take({1, {}}, {})) == (codes{1}));
  BOOST_TEST(codes_of(some.take({2, {}}, {.late = true})) == (codes{}));
  BOOST_TEST(codes_of(some.take({3, {}}, {.late = true})) == (codes{3, 2}));
  BOOST_TEST(codes_of(some.take({4, {}}, {.twice = true})) == (codes{4, 4}));
  BOOST_TEST(codes_of(some.take({5, {}}, {.twice = true, .late = true})) == (codes{5}));
  BOOST_TEST(codes_of(some.take({6, {}}, {.twice = true})) == (codes{6, 6, 5}));
}

BOOST_AUTO_TEST_CASE(a_message_that_none_follows_is_released_once) {
  disordered_messages some;
  BOOST_TEST(some.take({1, {}}, {.late = true}).empty());
  BOOST_TEST(some.count() == 1u);
  BOOST_TEST(some.take({2, {}}, {}).size() == 2u);
  BOOST_TEST(some.take({3, {}}, {.late = true}).empty());
  // The time of the first is over, and not that of the other.
  BOOST_TEST(!some.release(1));
  BOOST_TEST(some.release(2)->code == 3u);
  BOOST_TEST(!some.release(2));
}

struct item {
  std::uint64_t number = 0;

  friend auto inspect(auto& f, item& x) { return inspect_fields(f, {"number"}, x.number); }
};

/// Nodes send each other numbers.
using series = typed_protocol<"series", 1, message<0, item>>;

struct counter {
  simulator::place where;
  members<series> peers = {};
};
using counter_pointer = std::shared_ptr<counter>;

/// The number that a handler does not bear.
constexpr std::uint64_t evil = 6666;

series::behavior listen(series::handler_pointer self, const series::channel& link,
                        const counter_pointer& ours) {
  ours->peers.join(self, link);
  return {[=](const item& x) {
    if (x.number == evil)
      throw std::runtime_error{"evil"};
    ours->where.tell("got", std::to_string(x.number));
  }};
}

/// The node sends the next `many` numbers, counted from `from`, to its neighbours.
struct count {
  static constexpr auto name = "count";
  simulator::node_number node = {};
  std::uint64_t from = 0;
  std::uint64_t many = 0;

  friend auto inspect(auto& f, count& x) {
    return inspect_fields(f, {"node", "from", "many"}, x.node, x.from, x.many);
  }
};

simulator::model series_model() {
  simulator::simulated_protocol out{
    "series", [](const simulator::place& where) {
      auto ours = std::make_shared<counter>(counter{where});
      return simulator::offer{series::handled_by(listen, ours), ours};
    }};
  out.action<count>([](const count& x, const counter_pointer& ours) {
    for (std::uint64_t i = 0; i < x.many; ++i)
      ours->peers.send_all(item{x.from + i});
  });
  simulator::model all;
  all.add(out);
  return all;
}

/// Returns a scenario of three nodes, each 10 ms from each other.
simulator::scenario three_with(const std::string& steps, std::uint64_t seed = 1,
                               const std::string& more = "") {
  auto out =
    simulator::read_scenario(series_model(),
                             R"({"topology": {"kind": "ring", "nodes": 3}, "crypto": "none",
    "line": {"latency_ms": 10}, "length_s": 60, "schedule": [)" +
                               steps + "]" + more + "}",
                             "a.json", ".", seed);
  if (!out)
    BOOST_FAIL(out.error());
  return *out;
}

/// Returns the numbers that the node has got, in their order.
codes got(const outcome& of, std::size_t node) {
  codes out;
  for (const auto& x : of.events)
    if (name_of(x) == "got" && x.node == node)
      out.push_back(std::stoull(x.detail));
  return out;
}

codes first(std::uint64_t many) {
  codes out(many);
  for (std::uint64_t i = 0; i < many; ++i)
    out[i] = i;
  return out;
}

BOOST_AUTO_TEST_CASE(some_messages_come_twice) {
  auto out =
    whole(three_with(R"({"at_s": 5, "do": "duplicate_messages", "nodes": [1], "percent": 30},
    {"at_s": 10, "do": "count", "node": 0, "from": 0, "many": 1000})"),
          1s);
  auto all = got(out, 1);
  BOOST_TEST(all.size() > 1250u);
  BOOST_TEST(all.size() < 1350u);
  BOOST_TEST(std::is_sorted(all.begin(), all.end()));
  all.erase(std::unique(all.begin(), all.end()), all.end());
  BOOST_TEST(all == first(1000));
  // The other neighbour is not concerned.
  BOOST_TEST(got(out, 2) == first(1000));
}

BOOST_AUTO_TEST_CASE(some_messages_come_after_the_next) {
  auto out = whole(three_with(R"({"at_s": 5, "do": "reorder_messages", "percent": 50},
    {"at_s": 10, "do": "count", "node": 0, "from": 0, "many": 1000})"),
                   1s);
  auto all = got(out, 1);
  std::size_t swaps = 0;
  for (std::size_t i = 0; i + 1 < all.size(); ++i)
    swaps += all[i] == all[i + 1] + 1 ? 1 : 0;
  // After each that is late comes one that is not, so that they are a third of all.
  BOOST_TEST(swaps > 280u);
  BOOST_TEST(swaps < 380u);
  BOOST_TEST(got(out, 2) != all);
  std::sort(all.begin(), all.end());
  BOOST_TEST(all == first(1000));
}

BOOST_AUTO_TEST_CASE(the_last_message_comes_within_a_second) {
  auto out = whole(three_with(R"({"at_s": 5, "do": "reorder_messages", "percent": 100},
    {"at_s": 10, "do": "count", "node": 0, "from": 0, "many": 3})"),
                   1s);
  BOOST_TEST(got(out, 1) == (codes{1, 0, 2}));
  std::vector<caf::timespan> when;
  for (const auto& x : out.events)
    if (name_of(x) == "got" && x.node == 1)
      when.push_back(x.when);
  BOOST_TEST((when == std::vector<caf::timespan>{10010ms, 10010ms, 11010ms}));
}

BOOST_DATA_TEST_CASE(disorder_ends,
                     data::make({R"({"at_s": 9, "do": "heal"})",
                                 R"({"at_s": 9, "do": "duplicate_messages", "nodes": [1],
                                   "percent": 0}, {"at_s": 9, "do": "reorder_messages", "percent": 0})"}),
                     how) {
  auto out =
    whole(three_with(R"({"at_s": 5, "do": "duplicate_messages", "percent": 100, "nodes": [1]},
    {"at_s": 5, "do": "reorder_messages", "percent": 100}, )" +
                     std::string{how} +
                     R"(, {"at_s": 6, "do": "count", "node": 0, "from": 0, "many": 2},
    {"at_s": 10, "do": "count", "node": 0, "from": 2, "many": 2})"),
          1s);
  BOOST_TEST(got(out, 1) == (codes{0, 1, 1, 0, 2, 3}));
  BOOST_TEST(got(out, 2) == (codes{1, 0, 2, 3}));
}

/// Returns the ends of sessions, which a handler causes.
texts ends(const std::string& steps) {
  auto out =
    whole(three_with(steps + R"({"at_s": 10, "do": "count", "node": 0, "from": 6666, "many": 1},
    {"at_s": 30, "do": "cut", "from": 1, "to": 2}, {"at_s": 40, "do": "crash", "node": 2},
    {"at_s": 41, "do": "start", "node": 2})"),
          1s);
  texts lines;
  for (const auto& x : out.events)
    if (x.what == simulator::event_kind::peer_dropped)
      lines.push_back(to_json(x));
  BOOST_TEST(out.linked == 3u);
  return lines;
}

BOOST_AUTO_TEST_CASE(a_session_ends_as_without_disorder) {
  const auto plain = ends("");
  BOOST_TEST(plain.size() > 5u);
  BOOST_TEST(ends(R"({"at_s": 1, "do": "duplicate_messages", "percent": 0},)") == plain,
             boost::test_tools::per_element());
}

/// Disorder concerns messages of protocols alone: pings and the rest of a session go on.
BOOST_AUTO_TEST_CASE(sessions_bear_disorder) {
  auto what = three_with(R"({"at_s": 0, "do": "duplicate_messages", "percent": 100},
    {"at_s": 0, "do": "reorder_messages", "percent": 100},
    {"at_s": 20, "every_s": 0.5, "do": "count", "node": 0, "from": 0, "many": 3})");
  auto out = whole(what, 1s);
  BOOST_TEST(out.linked == 3u);
  BOOST_TEST(std::none_of(out.events.begin(), out.events.end(), [](const auto& x) {
    return x.what == simulator::event_kind::peer_dropped;
  }));
  BOOST_TEST(out.traffic.handled == 2u * 3 * 80);
}

BOOST_DATA_TEST_CASE(disorder_is_the_same_in_parts, data::make({1, 2, 3}), seed) {
  auto out = *simulator::read_scenario(R"({"topology": {"kind": "random_regular", "nodes": 24,
    "degree": 4}, "crypto": "none", "line": {"latency_ms": 10, "jitter": {"kind": "exponential",
    "mean_ms": 5}}, "length_s": 20, "protocols": ["gossip", "echo"], "redial_after_s": 1,
    "schedule": [{"at_s": 1, "do": "duplicate_messages", "nodes": "0..15", "percent": 40},
      {"at_s": 2, "do": "reorder_messages", "percent": 30},
      {"at_s": 3, "every_s": 0.25, "do": "publish", "node": {"sample": 1}},
      {"at_s": 6, "do": "crash", "node": 3}, {"at_s": 8, "do": "start", "node": 3},
      {"at_s": 9, "do": "slow_down", "nodes": [4, 5], "messages_per_second": 20},
      {"at_s": 12, "do": "heal"}]})",
                                       "a.json", ".", static_cast<std::uint64_t>(seed));
  const auto expected = whole(out, 10ms);
  BOOST_TEST(expected.events.size() > 300u);
  BOOST_TEST(expected.hash == whole(out, 1s).hash);
  for (std::size_t parts : {1, 2, 4}) {
    const auto found = in_parts(out, parts);
    BOOST_TEST(found.hash == expected.hash, "in " << parts);
    BOOST_TEST((found.traffic == expected.traffic));
    BOOST_TEST((found.events == expected.events));
  }
  // The seed decides what comes twice.
  auto other = out;
  other.network.seed += 100;
  BOOST_TEST(whole(other, 1s).hash != expected.hash);
}

BOOST_AUTO_TEST_CASE(a_scenario_with_disorder_shrinks) {
  namespace action = simulator::action;
  const auto what =
    three_with(R"({"at_s": 1, "do": "duplicate_messages", "nodes": [1, 2], "percent": 7},
    {"at_s": 1, "do": "reorder_messages", "percent": 9}, {"at_s": 3, "do": "heal"})");
  // Fails as long as both are there.
  simulator::shrinker search{what,
                             [](const simulator::scenario& x) {
                               std::size_t found = 0;
                               for (const auto& step : x.schedule)
                                 found +=
                                   std::holds_alternative<action::duplicate_messages>(step.what) ||
                                       std::holds_alternative<action::reorder_messages>(step.what)
                                     ? 1
                                     : 0;
                               return found == 2;
                             },
                             2000, 0};
  search.run([] { return true; });
  const auto& least = search.smallest();
  BOOST_TEST(least.network.links.nodes == 1u);
  BOOST_REQUIRE(least.schedule.size() == 2u);
  BOOST_TEST(std::get<action::duplicate_messages>(least.schedule[0].what).nodes ==
             std::vector<std::size_t>{0});
  BOOST_TEST(std::get<action::reorder_messages>(least.schedule[1].what).nodes.empty());
}

/// A link whose messages come in disorder may miss what a check asks for.
BOOST_DATA_TEST_CASE(checks_exempt_links_in_disorder,
                     data::make({R"("do": "reorder_messages", "percent": 100)",
                                 R"("do": "duplicate_messages", "percent": 100)"}),
                     fault) {
  // Sessions with node 0 end again and again.
  const auto what =
    three_with(R"({"at_s": 1, )" + std::string{fault} +
                 R"(}, {"at_s": 2, "do": "count", "node": 0, "from": 6666, "many": 1},
    {"at_s": 3, "every_s": 0.01, "do": "count", "node": 0, "from": 6666, "many": 1})",
               1, R"(, "check": [{"that": "all_linked", "within_s": 10}])");
  const auto verdicts = simulator::try_out(what, [] { return true; });
  BOOST_TEST(verdicts->at(0).complaint == "");
  auto healed = what;
  healed.schedule.insert(healed.schedule.begin() + 2, {2s, simulator::action::heal{}});
  const auto others = simulator::try_out(healed, [] { return true; });
  BOOST_TEST(others->at(0).complaint != "");
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
