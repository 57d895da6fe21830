// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/metrics/session_tally.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(session_tally_test)

using namespace std::chrono_literals;

namespace {

/// The sums of what the tally has told.
struct sums final : tally_listener {
  unsigned begun = 0;
  unsigned kept = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t messages_out = 0;
  std::uint64_t stalls = 0;
  std::vector<std::chrono::nanoseconds> round_trips = {};

  void on_begun(bool, std::optional<std::chrono::nanoseconds>) override { ++begun; }
  void on_kept(bool) override { ++kept; }
  void on_growth(const capability&, const protocol_growth& x) override {
    bytes_in += x.counts.bytes_in;
    messages_out += x.counts.messages_out;
    stalls += x.stalls;
  }
  void on_round_trip(std::chrono::nanoseconds taken) override { round_trips.push_back(taken); }
};

struct tally_fixture {
  sums told;
  session_tally tally{told};
  session_tally::time_point now{1h};

  static peer_info peer(std::uint64_t bytes_in, std::uint8_t id = 1) {
    peer_info out;
    out.id.value.fill(id);
    out.inbound = true;
    out.protocols = {{{"test", 1}, {0, bytes_in, 0, 0, 0}, 0, false, {}}};
    return out;
  }

  static peer_dropped drop(std::uint64_t bytes_in, std::chrono::nanoseconds lasted = 1s,
                           std::uint8_t id = 1) {
    peer_dropped out;
    out.id.value.fill(id);
    out.inbound = true;
    out.lasted = lasted;
    out.protocols = peer(bytes_in).protocols;
    return out;
  }

  void look(const std::vector<peer_info>& found) {
    tally.begin_look();
    tally.end_look(found, now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(what_sessions_have_carried, tally_fixture)

BOOST_AUTO_TEST_CASE(is_counted_once_however_often_it_is_seen) {
  tally.on_added(peer(0), now);
  look({peer(10)});
  look({peer(10)});
  look({peer(25)});
  BOOST_TEST(told.bytes_in == 25u);
  tally.on_dropped(drop(30));
  BOOST_TEST(told.bytes_in == 30u);
  BOOST_TEST(told.begun == 1u);
  BOOST_TEST(tally.running(true) == 0u);
}

BOOST_AUTO_TEST_CASE(is_counted_if_no_look_has_seen_the_session) {
  tally.on_added(peer(0), now);
  tally.on_dropped(drop(7));
  tally.on_added(peer(0), now);
  tally.on_dropped(drop(8));
  BOOST_TEST(told.bytes_in == 15u);
  BOOST_TEST(told.begun == 2u);
}

BOOST_AUTO_TEST_CASE(is_counted_if_the_session_ran_before_and_ends_before_a_look) {
  tally.on_dropped(drop(7, 2min));
  BOOST_TEST(told.bytes_in == 7u);
  BOOST_TEST(told.begun == 1u);
  BOOST_TEST(told.kept == 1u);
}

BOOST_AUTO_TEST_CASE(is_not_counted_again_by_an_answer_that_is_older_than_the_end) {
  tally.on_added(peer(0), now);
  tally.begin_look();
  tally.on_dropped(drop(50));
  tally.end_look({peer(40)}, now);
  BOOST_TEST(told.bytes_in == 50u);
  BOOST_TEST(tally.running(true) == 0u);
  // Nor is it taken for the counters of the next session with the same node.
  tally.begin_look();
  tally.on_added(peer(0), now);
  tally.end_look({peer(40)}, now);
  tally.on_dropped(drop(5));
  BOOST_TEST(told.bytes_in == 55u);
  BOOST_TEST(told.begun == 2u);
}

BOOST_AUTO_TEST_CASE(never_goes_back) {
  tally.on_added(peer(0), now);
  look({peer(40)});
  look({peer(30)});
  BOOST_TEST(told.bytes_in == 40u);
  peer_dropped killed; // Its supervisor could not report.
  killed.id = peer(0).id;
  tally.on_dropped(killed);
  BOOST_TEST(told.bytes_in == 40u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_session, tally_fixture)

BOOST_AUTO_TEST_CASE(that_runs_already_is_found_by_a_look) {
  look({peer(3), peer(4, 2)});
  BOOST_TEST(tally.running(true) == 2u);
  BOOST_TEST(told.begun == 2u);
  BOOST_TEST(told.bytes_in == 7u);
}

BOOST_AUTO_TEST_CASE(is_kept_once_when_it_has_run_for_a_minute) {
  tally.on_added(peer(0), now);
  now += 59s;
  look({peer(0)});
  BOOST_TEST(told.kept == 0u);
  now += 1s;
  look({peer(0)});
  look({peer(0)});
  tally.on_dropped(drop(0, 61s));
  BOOST_TEST(told.kept == 1u);
}

BOOST_AUTO_TEST_CASE(is_not_kept_if_it_ends_sooner) {
  tally.on_added(peer(0), now);
  tally.on_dropped(drop(0, 59s));
  BOOST_TEST(told.kept == 0u);
}

BOOST_AUTO_TEST_CASE(is_forgotten_when_many_looks_in_a_row_have_missed_it) {
  tally.on_added(peer(0), now);
  look({peer(0)});
  for (unsigned i = 1; i < session_tally::max_missed; ++i)
    look({});
  BOOST_TEST(tally.running(true) == 1u);
  look({});
  BOOST_TEST(tally.running(true) == 0u);
}

BOOST_AUTO_TEST_CASE(tells_each_round_trip_once) {
  auto with_ping = [](std::chrono::nanoseconds last) {
    auto out = peer(0);
    out.ping.last = last;
    return out;
  };
  tally.on_added(peer(0), now);
  look({with_ping(3ms)});
  look({with_ping(3ms)});
  look({with_ping(4ms)});
  auto end = drop(0);
  end.ping.last = 4ms;
  tally.on_dropped(end);
  BOOST_TEST((told.round_trips == std::vector<std::chrono::nanoseconds>{3ms, 4ms}));
}

BOOST_AUTO_TEST_CASE(is_not_found_by_a_look_during_which_too_many_have_ended) {
  tally.begin_look();
  for (std::size_t i = 0; i <= session_tally::max_ends; ++i) {
    peer_dropped over;
    over.id.value[0] = static_cast<std::uint8_t>(i);
    over.id.value[1] = static_cast<std::uint8_t>(i >> 8);
    tally.on_dropped(over);
  }
  tally.end_look({peer(1)}, now);
  BOOST_TEST(tally.running(true) == 0u);
  look({peer(1)});
  BOOST_TEST(tally.running(true) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
