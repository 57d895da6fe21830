// SPDX-License-Identifier: BSL-1.0
//
// Clocks that are not right.
#include "parts.hpp"

#include "devp2p/actors/typed/typed_protocol.hpp"
#include "devp2p/kit/world_clock.hpp"
#include "devp2p/simulator/model.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(clock_test)

namespace {

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using lines = std::vector<std::string>;

struct nothing {
  std::uint64_t number = 0;

  friend auto inspect(auto& f, nothing& x) { return inspect_fields(f, {"number"}, x.number); }
};

using quiet = typed_protocol<"quiet", 1, message<0, nothing>>;

/// Tells of the node's time, in milliseconds, now and after a second.
using watch = caf::typed_actor<reacts_to<resume_atom>, reacts_to<tick_atom>>;

void tell_time(const simulator::place& where, const std::string& what) {
  // The time begins two days after that of the clock if there is any skew.
  const auto now = where.system().clock().now().time_since_epoch() % 48h;
  where.tell(what, std::to_string(now / 1ms));
}

watch::behavior_type look_at_clock(watch::pointer self, const simulator::place& where) {
  return {[=](resume_atom) {
            tell_time(where, "saw");
            send_later_to(self, 1s, watch{self}, tick_atom_v);
          },
          [=](tick_atom) { tell_time(where, "later"); }};
}

/// The handler tells of its time when its session begins.
quiet::behavior be_quiet(quiet::handler_pointer, const quiet::channel&,
                         const simulator::place& where) {
  tell_time(where, "met");
  return {[](const nothing&) {}};
}

struct look {
  static constexpr auto name = "look";
  simulator::node_number node = {};

  friend auto inspect(auto& f, look& x) { return inspect_fields(f, {"node"}, x.node); }
};

simulator::model watching() {
  simulator::simulated_protocol out{
    "quiet", [](const simulator::place& where) {
      auto ours = where.adopt(where.system().spawn(look_at_clock, where));
      tell_time(where, "hosted");
      return simulator::offer{quiet::handled_by(be_quiet, where), ours};
    }};
  out.action<look>([](const look&, const watch& ours, const simulator::occasion& now) {
    tell_time(now.where, "done");
    anon_send_to(ours, resume_atom_v);
  });
  simulator::model all;
  all.add(out);
  return all;
}

simulator::scenario three_with(const std::string& steps) {
  auto out =
    simulator::read_scenario(watching(),
                             R"({"topology": {"kind": "ring", "nodes": 3}, "crypto": "none",
    "line": {"latency_ms": 10}, "length_s": 40, "redial_after_s": 1, "schedule": [)" +
                               steps + "]}",
                             "a.json", ".");
  if (!out)
    BOOST_FAIL(out.error());
  return *out;
}

/// Returns the events of a node after that second, as `millisecond:name:detail`.
lines told(const simulator::scenario& what, std::size_t node, caf::timespan after = 1s) {
  const auto of = whole(what, 1s);
  BOOST_TEST(of.linked == 3u);
  lines out;
  for (const auto& x : of.events)
    if (x.what == simulator::event_kind::told && x.node == node && x.when >= after)
      out.push_back(std::to_string(x.when / 1ms) + ':' + x.name + ':' + x.detail);
  return out;
}

const std::string look_at_10 = R"(, {"at_s": 10, "do": "look", "nodes": "all"})";

BOOST_AUTO_TEST_CASE(a_clock_may_be_ahead_or_behind) {
  const auto what = three_with(R"({"at_s": 5, "do": "skew_clock", "node": 1, "shift_ms": -3000},
    {"at_s": 5, "do": "skew_clock", "node": 2, "shift_ms": 3600000})" +
                               look_at_10);
  BOOST_TEST(told(what, 0) == (lines{"10000:done:10000", "10000:saw:10000", "11000:later:11000"}),
             boost::test_tools::per_element());
  BOOST_TEST(told(what, 1) == (lines{"10000:done:7000", "10000:saw:7000", "11000:later:8000"}),
             boost::test_tools::per_element());
  BOOST_TEST(told(what, 2) ==
               (lines{"10000:done:3610000", "10000:saw:3610000", "11000:later:3611000"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_clock_may_be_fast_or_slow) {
  const auto what = three_with(R"({"at_s": 5, "do": "skew_clock", "node": 1, "drift_ppm": 1000000},
    {"at_s": 5, "do": "skew_clock", "node": 2, "drift_ppm": -500000})" +
                               look_at_10);
  BOOST_TEST(told(what, 1) == (lines{"10000:done:15000", "10000:saw:15000", "10500:later:16000"}),
             boost::test_tools::per_element());
  BOOST_TEST(told(what, 2) == (lines{"10000:done:7500", "10000:saw:7500", "12000:later:8500"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_clock_is_right_again) {
  const auto what = three_with(
    R"({"at_s": 5, "do": "skew_clock", "node": 1, "shift_ms": 700, "drift_ppm": 1000000})" +
    look_at_10 +
    R"(, {"at_s": 10.25, "do": "reset_clock", "node": 1}, {"at_s": 20, "do": "look", "node": 1})");
  // A timer goes by the clock as it was when it was set.
  BOOST_TEST(told(what, 1) == (lines{"10000:done:15700", "10000:saw:15700", "10500:later:10500",
                                     "20000:done:20000", "20000:saw:20000", "21000:later:21000"}),
             boost::test_tools::per_element());
}

/// What is spawned with the node, and its handlers, go by its clock.
BOOST_AUTO_TEST_CASE(a_clock_remains_wrong_when_its_node_starts_again) {
  const auto what = three_with(R"({"at_s": 5, "do": "skew_clock", "node": 1, "shift_ms": 60000},
    {"at_s": 8, "do": "crash", "node": 1}, {"at_s": 20, "do": "start", "node": 1})");
  const auto all = told(what, 1, 19s);
  BOOST_REQUIRE(all.size() == 3u);
  BOOST_TEST(all[0] == "20000:hosted:80000");
  for (std::size_t i : {1, 2}) {
    const auto at = std::stoll(all[i]);
    BOOST_TEST(all[i] == std::to_string(at) + ":met:" + std::to_string(at + 60'000));
  }
}

/// The node itself, its sessions and their pings go by the time of the simulation.
BOOST_AUTO_TEST_CASE(sessions_go_on_whatever_the_clock_says) {
  auto what = three_with(R"({"at_s": 5, "do": "skew_clock", "node": 1, "shift_ms": 86400000,
    "drift_ppm": 9000000}, {"at_s": 5, "do": "skew_clock", "node": 2, "shift_ms": -86400000,
    "drift_ppm": -900000})");
  what.length = 10min;
  const auto out = whole(what, 1s);
  BOOST_TEST(out.linked == 3u);
  BOOST_TEST(std::none_of(out.events.begin(), out.events.end(), [](const auto& x) {
    return x.what == simulator::event_kind::peer_dropped;
  }));
}

BOOST_AUTO_TEST_CASE(clocks_that_are_right_change_nothing) {
  auto plain = three_with(R"({"at_s": 0, "do": "reset_clock", "node": 0})" + look_at_10);
  auto skewed = three_with(R"({"at_s": 0, "do": "skew_clock", "node": 0})" + look_at_10);
  BOOST_TEST(whole(plain, 1s).hash == whole(skewed, 1s).hash);
}

BOOST_AUTO_TEST_CASE(clocks_are_the_same_in_parts) {
  const auto what = three_with(R"({"at_s": 2, "do": "skew_clock", "node": 1, "shift_ms": 5,
    "drift_ppm": 123456}, {"at_s": 2, "do": "skew_clock", "node": 2, "drift_ppm": -77777},
    {"at_s": 3, "every_s": 0.7, "do": "look", "nodes": "all"}, {"at_s": 12, "do": "crash", "node": 2},
    {"at_s": 14, "do": "start", "node": 2}, {"at_s": 25, "do": "reset_clock", "node": 1})");
  const auto expected = whole(what, 10ms);
  BOOST_TEST(expected.events.size() > 300u);
  for (std::size_t parts : {1, 2, 3}) {
    const auto found = in_parts(what, parts);
    BOOST_TEST(found.hash == expected.hash, "in " << parts);
    BOOST_TEST((found.events == expected.events));
  }
}

BOOST_DATA_TEST_CASE(timers_are_not_early,
                     data::make({-900'000, -333'333, -7, 0, 3, 100'001, 9'000'000}), drift) {
  for (auto ahead : std::vector<std::int64_t>{-5'000'000'001, 0, 77}) {
    const kit::clock_skew skew{3s, caf::timespan{ahead}, drift};
    for (auto after : std::vector<std::int64_t>{1, 2, 999, 1'000'003, 86'400'123'456'789}) {
      const auto local = skew.local(3s) + caf::timespan{after};
      const auto world = skew.world(local);
      BOOST_TEST((skew.local(world) >= local));
      BOOST_TEST((skew.local(world - 1ns) < local));
    }
  }
  const kit::clock_skew skew{3s, 0s, drift};
  BOOST_TEST((skew.world(caf::timespan::max()) == caf::timespan::max()));
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
