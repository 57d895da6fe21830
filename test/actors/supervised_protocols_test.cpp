// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/overdue.hpp"
#include "devp2p/actors/supervised_protocols.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(supervised_protocols_test)

namespace {

using namespace std::chrono_literals;
using strategy = supervision::strategy;

protocol with(const std::string& name, const supervision& supervised) {
  protocol out;
  out.name = name;
  out.version = 1;
  out.length = 4;
  out.max_message_size = 1000;
  out.supervised = supervised;
  return out;
}

const session_end failed{disconnect_reason::subprotocol_error, false, true, "", {}};
const session_end stalled{disconnect_reason::subprotocol_error, false, true, "",
                          errc::handler_stalled};

/// Two protocols: `eth`, which is restarted twice in ten seconds, and `les`, which is detached.
struct protocols_fixture {
  std::vector<protocol> own{with("eth", {strategy::restart, 2, 10s}),
                            with("les", {strategy::detach, 1, 10s})};
  supervised_protocols all{own, {{"les", 1}, {"eth", 1}, {"bzz", 1}}};
  settings limits;
  supervised_protocols::time_point now{1h};

  strategy end(std::size_t index, const session_end& how = failed) {
    return all.on_handler_end(index, how, limits, now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervised_protocols_of_a_session, protocols_fixture)

BOOST_AUTO_TEST_CASE(are_those_that_both_ends_have) {
  BOOST_TEST_REQUIRE(all.size() == 2u);
  BOOST_TEST((all.name(0) == capability{"eth", 1}));
  BOOST_TEST((all.name(1) == capability{"les", 1}));
  BOOST_TEST(&all[1] == &own[1]);
  auto routes = all.routes();
  BOOST_TEST(routes[1].offset == routes[0].offset + 4);
  BOOST_TEST(routes[1].length == 4u);
  BOOST_TEST(routes[1].max_message_size == 1000u);
  BOOST_TEST(supervised_protocols(own, {{"bzz", 1}}).empty());
}

BOOST_AUTO_TEST_CASE(count_restarts_until_the_budget_is_used_up) {
  BOOST_TEST((end(0) == strategy::restart));
  BOOST_TEST((end(0) == strategy::restart));
  BOOST_TEST(all.restarts(0) == 2u);
  BOOST_TEST(all.describe()[0].restarts == 2u);
  BOOST_TEST((end(0) == strategy::end_session));
  now += 10s;
  BOOST_TEST((end(0) == strategy::restart));
}

BOOST_AUTO_TEST_CASE(have_a_longer_period_for_stalls) {
  limits.ping_interval = 15s;
  limits.max_missed_pings = 3;
  // Each stall takes a minute to be noticed, and three are too many.
  BOOST_TEST((end(0, stalled) == strategy::restart));
  now += 60s;
  BOOST_TEST((end(0, stalled) == strategy::restart));
  now += 60s;
  BOOST_TEST((end(0, stalled) == strategy::end_session));
  now += 70s;
  BOOST_TEST((end(0, stalled) == strategy::restart));
}

BOOST_AUTO_TEST_CASE(know_no_overflow) {
  limits.ping_interval = settings::forever;
  own[0].supervised.period = settings::forever;
  BOOST_TEST((end(0, stalled) == strategy::restart));
}

BOOST_AUTO_TEST_CASE(are_detached_all_but_the_last) {
  BOOST_TEST((end(1) == strategy::detach));
  BOOST_TEST(all.is_detached(1));
  BOOST_TEST(!all.is_detached(0));
  BOOST_TEST(all.describe()[1].detached);
  supervised_protocols single{own, {{"les", 1}}};
  BOOST_TEST((single.on_handler_end(0, failed, limits, now) == strategy::end_session));
  BOOST_TEST(!single.is_detached(0));
}

BOOST_AUTO_TEST_CASE(pause_between_restarts_unless_the_handler_has_run) {
  BOOST_TEST(!all.pause(0, now, 0).has_value());
  BOOST_TEST((all.pause(0, now, 0) == 10ms));
  now += 1h;
  BOOST_TEST(!all.on_not_spawned(0));
  BOOST_TEST((all.pause(0, now, 0) == 20ms));
  now += 1h;
  all.on_spawned(0);
  BOOST_TEST(!all.pause(0, now, 0).has_value());
}

BOOST_AUTO_TEST_CASE(end_the_session_when_no_handler_can_be_spawned) {
  BOOST_TEST(!all.on_not_spawned(0));
  BOOST_TEST(!all.on_not_spawned(0));
  all.on_spawned(0);
  BOOST_TEST(!all.on_not_spawned(0));
  BOOST_TEST(!all.on_not_spawned(0));
  BOOST_TEST(all.on_not_spawned(0));
  // A protocol that is detached needs no such bound.
  BOOST_TEST(!all.on_not_spawned(1));
  BOOST_TEST(!all.on_not_spawned(1));
}

BOOST_AUTO_TEST_CASE(are_logged_once_a_second_each) {
  BOOST_TEST((all.log_failure(0, now) == 0u));
  BOOST_TEST((all.log_failure(1, now) == 0u));
  BOOST_TEST(!all.log_failure(0, now).has_value());
  BOOST_TEST(!all.log_failure(0, now + 999ms).has_value());
  BOOST_TEST((all.log_failure(0, now + 1s) == 2u));
  BOOST_TEST((all.log_failure(0, now + 2s) == 0u));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(an_overdue_child_is_killed_and_then_left_behind) {
  using action = overdue::action;
  overdue subject;
  BOOST_TEST((subject.on_deadline(false) == action::kill));
  BOOST_TEST((subject.on_deadline(false) == action::leave_behind));
}

BOOST_AUTO_TEST_CASE(an_overdue_peer_has_one_deadline_more) {
  using action = overdue::action;
  overdue subject;
  BOOST_TEST((subject.on_deadline(false) == action::kill));
  BOOST_TEST((subject.on_deadline(true) == action::wait_for_peer));
  BOOST_TEST((subject.on_deadline(true) == action::give_up));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
