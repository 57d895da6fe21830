// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/punching/dial_plan.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat {
BOOST_AUTO_TEST_SUITE(dial_plan_test)

using namespace std::chrono_literals;

namespace {

const endpoint middle_place{"203.0.113.1", 3478};
const endpoint other_side{"198.51.100.2", 30303};

/// A plan, its time, and what a rendezvous may say to it.
struct planning {
  dial_plan::time_point now{1h};
  dial_plan plan{{{1}, side::first}, {middle_place}, {"192.0.2.1", 0}, 30s, now};
  dial_plan::step last;

  const dial_plan::step& step(bool connected = true) { return last = plan.on_time(now, connected); }

  void connect() {
    (void)step(false);
    plan.on_connected({7}, now);
    (void)step();
  }

  /// Answers that the other side is there, and begins after `delay`.
  void meet(std::uint8_t token = 1, std::chrono::milliseconds delay = 500ms) {
    answer x{.status = answer_status::met,
             .nonce = {7},
             .secret = {token},
             .observed = endpoint{"192.0.2.1", 1},
             .peer = other_side};
    x.start_in = decltype(x.start_in){static_cast<std::uint16_t>(delay.count())};
    plan.on_answer(middle_place, x, now);
  }

  /// The dial of the other side is under way.
  void dial() {
    connect();
    meet();
    now += 500ms;
    BOOST_REQUIRE(step().dials);
  }

  errc failure() const { return last.failed ? last.failed->code : errc{}; }

  /// Checks that the plan fails when `time` has passed, and not before.
  void check_failure_after(std::chrono::nanoseconds time, errc expected) {
    now += time - 1ms;
    BOOST_TEST(!step().failed);
    now += 1ms;
    (void)step();
    BOOST_TEST((failure() == expected));
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(dials_the_rendezvous_first, planning) {
  BOOST_TEST(step(false).connects);
  BOOST_TEST(last.questions.empty());
  BOOST_TEST((last.next == now + dial_plan::max_connecting));
  BOOST_TEST(!step().connects, "that dial is under way");
}

BOOST_FIXTURE_TEST_CASE(fails_if_the_rendezvous_is_not_connected_in_time, planning) {
  (void)step(false);
  check_failure_after(dial_plan::max_connecting, errc::rendezvous_silent);
}

BOOST_FIXTURE_TEST_CASE(fails_if_the_rendezvous_refuses, planning) {
  (void)step(false);
  plan.on_unconnected(errc::connection_refused);
  BOOST_TEST(!step(false).connects);
  BOOST_TEST((failure() == errc::rendezvous_silent));
}

BOOST_FIXTURE_TEST_CASE(reports_what_is_wrong_with_its_own_endpoint, planning) {
  (void)step(false);
  plan.on_unconnected(errc::address_not_available);
  (void)step(false);
  BOOST_TEST((failure() == errc::address_not_available));
  BOOST_TEST(last.failed->detail == "192.0.2.1:0");
}

BOOST_FIXTURE_TEST_CASE(asks_once_it_is_connected, planning) {
  (void)step(false);
  plan.on_connected({7}, now);
  BOOST_TEST((plan.where() == dial_plan::phase::introducing));
  BOOST_REQUIRE(step().questions.size() == 1u);
  BOOST_TEST((last.questions[0].to == middle_place));
  BOOST_TEST((last.next == now + rendezvous_client::interval));
}

BOOST_FIXTURE_TEST_CASE(connects_again_until_it_has_met_the_other_side, planning) {
  connect();
  now += dial_plan::reconnect - 1ms;
  BOOST_TEST(!step(false).connects, "it was dialled just before");
  now += 1ms;
  BOOST_TEST(step(false).connects);
  now += dial_plan::reconnect;
  meet();
  (void)step();
  now += dial_plan::reconnect;
  BOOST_TEST(!step(false).connects);
}

BOOST_FIXTURE_TEST_CASE(fails_if_the_other_side_does_not_come, planning) {
  connect();
  while (!last.failed) {
    plan.on_answer(middle_place, {.status = answer_status::waiting, .nonce = {7}}, now);
    now += 250ms;
    (void)step();
  }
  BOOST_TEST((failure() == errc::unknown_to_rendezvous));
}

BOOST_FIXTURE_TEST_CASE(dials_the_other_side_at_the_common_start, planning) {
  connect();
  meet();
  BOOST_TEST(!step().dials);
  BOOST_TEST((last.next <= now + 500ms));
  now += 500ms;
  BOOST_TEST(step().dials);
  BOOST_TEST((plan.peer() == other_side));
  BOOST_TEST(!step().dials, "that dial is under way");
}

BOOST_FIXTURE_TEST_CASE(dials_again_after_a_pause, planning) {
  dial();
  plan.on_dropped(now);
  BOOST_TEST(!step().dials);
  now += dial_plan::retry;
  BOOST_TEST(step().dials);
}

BOOST_FIXTURE_TEST_CASE(dials_anew_if_the_other_side_has_begun_anew, planning) {
  dial();
  meet(2);
  BOOST_TEST(step().drops_dial);
  BOOST_TEST(!last.dials);
  now += 500ms;
  BOOST_TEST(step().dials);
  BOOST_TEST(!last.drops_dial);
}

BOOST_FIXTURE_TEST_CASE(waits_while_a_connection_is_confirmed, planning) {
  dial();
  plan.on_dialled();
  meet(2);
  now += 1s;
  BOOST_TEST(!step().dials);
  BOOST_TEST(!last.drops_dial);
  plan.on_dropped(now);
  BOOST_TEST(step().dials, "the side that has begun anew has waited since");
}

BOOST_FIXTURE_TEST_CASE(fails_if_the_other_side_cannot_be_reached, planning) {
  dial();
  check_failure_after(dial_plan::max_dialling, errc::punch_timeout);
}

BOOST_FIXTURE_TEST_CASE(ends_whatever_starting_times_the_rendezvous_names, planning) {
  const auto begun = now;
  connect();
  for (std::uint8_t token = 1; !last.failed; ++token) {
    meet(token, 60s);
    now += 250ms;
    (void)step();
    BOOST_REQUIRE((now <= begun + 30s + 2 * dial_plan::max_dialling));
  }
  BOOST_TEST((failure() == errc::punch_timeout));
}

BOOST_FIXTURE_TEST_CASE(has_nothing_to_do_once_it_is_over, planning) {
  dial();
  plan.on_dialled();
  plan.end();
  now += 1h;
  (void)step(false);
  BOOST_TEST(!last.connects);
  BOOST_TEST(!last.dials);
  BOOST_TEST(!last.failed);
  BOOST_TEST(last.questions.empty());
  BOOST_TEST((last.next == dial_plan::time_point::max()));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::nat
