// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/session_table.hpp"

#include "with_places.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(session_table_test)

namespace {

using namespace std::chrono_literals;
using session = session_table::session;
using refusal = session_table::refusal;
using dial_begins = session_table::dial_begins;
using dial_joins = session_table::dial_joins;
using dial_is_met = session_table::dial_is_met;
using goes_on = session_table::greeting_goes_on;
using waits = session_table::greeting_waits;
using admitted = session_table::admitted;

node_id node_number(std::uint8_t n) {
  node_id out;
  out.value[0] = n;
  return out;
}

const auto ourselves = node_number(5);
const auto larger = node_number(9);
const auto smaller = node_number(1);

template <class Outcome>
bool refused(const Outcome& outcome, errc code) {
  const auto* why = std::get_if<refusal>(&outcome);
  return why != nullptr && why->code == code;
}

template <class What, class Outcome>
bool is(const Outcome& outcome) {
  return std::holds_alternative<What>(outcome);
}

/// Numbers sessions and dials, and does what the owner of a table does.
struct table_fixture {
  settings limits;
  session_table table;
  session_table::time_point now{};
  std::uint64_t sessions = 0;
  std::uint64_t dials = 0;

  explicit table_fixture(const settings& chosen = {}, const std::vector<node_id>& trusted = {})
    : limits(chosen),
      table(ourselves, limits, trusted) {}

  auto dial(const node_id& id) { return table.dial(id, dials++, true); }

  session& accept(const std::string& host = "10.0.0.1") {
    return table.open(++sessions, {host, 30303}, std::nullopt, now);
  }

  /// Dials `id`, and has a connection.
  session& reach(const node_id& id) {
    BOOST_REQUIRE(is<dial_begins>(dial(id)));
    return connect(id);
  }

  session& connect(const node_id& id) {
    auto& out = table.open(++sessions, {"10.0.0.2", 30303}, id, now);
    table.connect(id, out);
    return out;
  }

  /// Accepts a connection that waits for our own.
  session& keep_waiting(const node_id& id) {
    auto& out = accept();
    BOOST_REQUIRE(is<waits>(table.greet(out, id)));
    return out;
  }

  /// Accepts a session that runs.
  session& run(const node_id& id, const std::string& host = "10.0.0.1") {
    auto& out = accept(host);
    BOOST_REQUIRE(is<goes_on>(table.greet(out, id)));
    BOOST_REQUIRE(is<admitted>(table.admit(out)));
    BOOST_REQUIRE(table.run(out));
    return out;
  }

  void end(session& which) {
    table.end(which);
    table.forget(which.number);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_dial, table_fixture)

BOOST_AUTO_TEST_CASE(begins_if_nothing_speaks_against_it) {
  BOOST_TEST(is<dial_begins>(dial(larger)));
  BOOST_TEST(table.pending() == 1u);
}

BOOST_AUTO_TEST_CASE(of_ourselves_is_refused) {
  BOOST_TEST(refused(dial(ourselves), errc::connected_to_self));
  auto why = table.adopt(ourselves, 7, true);
  BOOST_TEST((why && why->code == errc::connected_to_self));
}

BOOST_AUTO_TEST_CASE(of_a_node_that_is_being_dialled_is_refused) {
  BOOST_REQUIRE(is<dial_begins>(dial(larger)));
  auto again = dial(larger);
  BOOST_TEST(refused(again, errc::already_connected));
  BOOST_TEST(std::get<refusal>(again).text == larger.brief() + " is being dialled");
  auto adopted = table.adopt(larger, 7, true);
  BOOST_REQUIRE((adopted && adopted->code == errc::already_connected));
  BOOST_TEST(adopted->text == larger.brief());
}

BOOST_AUTO_TEST_CASE(of_a_node_that_is_admitted_but_does_not_run_is_refused) {
  auto& theirs = accept();
  BOOST_REQUIRE(is<goes_on>(table.greet(theirs, larger)));
  BOOST_REQUIRE(is<admitted>(table.admit(theirs)));
  BOOST_TEST(refused(dial(larger), errc::already_connected));
}

BOOST_AUTO_TEST_CASE(of_a_peer_is_answered_by_its_session) {
  auto& theirs = run(larger);
  auto outcome = dial(larger);
  BOOST_REQUIRE(is<dial_is_met>(outcome));
  BOOST_TEST(std::get<dial_is_met>(outcome).by == theirs.number);
  BOOST_TEST(!theirs.caller.has_value());
  auto adopted = table.adopt(larger, 7, true);
  BOOST_TEST((adopted && adopted->code == errc::already_connected));
}

BOOST_AUTO_TEST_CASE(of_a_node_that_has_dialled_us_joins_its_session) {
  auto& theirs = accept();
  BOOST_REQUIRE(is<goes_on>(table.greet(theirs, larger)));
  BOOST_TEST(table.pending() == 1u);
  BOOST_TEST(is<dial_joins>(dial(larger)));
  BOOST_TEST((theirs.caller == 0u));
  BOOST_TEST(table.pending() == 0u); // A dial of ours keeps no stranger out.
  auto again = dial(larger);
  BOOST_TEST(refused(again, errc::already_connected));
  BOOST_TEST(std::get<refusal>(again).text == larger.brief());
}

BOOST_AUTO_TEST_CASE(that_no_caller_waits_for_lets_another_caller_join) {
  auto& theirs = accept();
  BOOST_REQUIRE(is<goes_on>(table.greet(theirs, larger)));
  BOOST_TEST(is<dial_joins>(table.dial(larger, 3, false)));
  BOOST_TEST(!theirs.caller.has_value());
  BOOST_TEST(is<dial_joins>(table.dial(larger, 4, true)));
  BOOST_TEST((theirs.caller == 4u));
}

BOOST_AUTO_TEST_CASE(is_refused_beyond_the_limit) {
  table_fixture one{[] {
    settings out;
    out.max_dialing = 1;
    return out;
  }()};
  BOOST_TEST(is<dial_begins>(one.dial(larger)));
  BOOST_TEST(refused(one.dial(smaller), errc::too_many_pending));
  auto adopted = one.table.adopt(smaller, 7, true);
  BOOST_TEST((adopted && adopted->code == errc::too_many_pending));
  one.table.give_up(larger, 0);
  BOOST_TEST(is<dial_begins>(one.dial(smaller)));
}

BOOST_AUTO_TEST_CASE(is_given_up_by_its_number_alone) {
  BOOST_REQUIRE(is<dial_begins>(dial(larger)));
  table.give_up(larger, 8);
  BOOST_TEST(refused(dial(larger), errc::already_connected));
  table.give_up(larger, 0);
  BOOST_TEST(is<dial_begins>(dial(larger)));
}

BOOST_AUTO_TEST_CASE(that_has_joined_a_session_can_be_given_up) {
  auto& theirs = accept();
  BOOST_REQUIRE(is<goes_on>(table.greet(theirs, larger)));
  BOOST_REQUIRE(is<dial_joins>(dial(larger)));
  table.give_up(larger, 0);
  BOOST_TEST(!theirs.caller.has_value());
}

BOOST_AUTO_TEST_CASE(is_answered_by_the_session_of_its_connection) {
  auto& ours = reach(larger);
  BOOST_TEST((ours.caller == 0u));
  BOOST_TEST((ours.is_ours() && !ours.adopted));
  BOOST_TEST(is<goes_on>(table.greet(ours, larger)));
  BOOST_TEST(is<admitted>(table.admit(ours)));
  BOOST_TEST(table.run(ours));
  BOOST_TEST(table.pending() == 0u);
  BOOST_TEST(table.peer(larger) == &ours);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(an_adopted_connection, table_fixture)

BOOST_AUTO_TEST_CASE(counts_as_a_dial_although_the_remote_begins) {
  BOOST_REQUIRE(!table.adopt(larger, 7, true));
  auto& ours = accept();
  BOOST_TEST(table.pending() == 2u);
  table.connect(larger, ours);
  BOOST_TEST(table.pending() == 1u);
  BOOST_TEST((ours.adopted && ours.is_ours() && ours.id == larger && ours.caller == 7u));
}

BOOST_AUTO_TEST_CASE(is_refused_to_another_node) {
  BOOST_REQUIRE(!table.adopt(larger, 7, true));
  auto& ours = accept();
  table.connect(larger, ours);
  auto outcome = table.greet(ours, smaller);
  BOOST_TEST(refused(outcome, errc::unexpected_identity));
  BOOST_TEST(std::get<refusal>(outcome).text == smaller.brief());
  BOOST_TEST((ours.id == larger));
}

BOOST_AUTO_TEST_CASE(leaves_no_trace_if_there_is_no_connection) {
  BOOST_REQUIRE(!table.adopt(larger, 7, true));
  table.give_up(larger, 7);
  BOOST_TEST(table.pending() == 0u);
  BOOST_TEST(is<dial_begins>(dial(larger)));
}

BOOST_AUTO_TEST_CASE(has_a_place_that_is_kept_for_dials) {
  table_fixture kept{with_places(2, 2)};
  kept.run(node_number(2));
  auto& theirs = kept.accept();
  BOOST_TEST(refused(kept.table.greet(theirs, node_number(3)), errc::too_many_peers));
  BOOST_REQUIRE(!kept.table.adopt(larger, 7, true));
  auto& ours = kept.accept();
  kept.table.connect(larger, ours);
  BOOST_TEST(is<goes_on>(kept.table.greet(ours, larger)));
  BOOST_TEST(is<admitted>(kept.table.admit(ours)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(of_two_connections_between_two_nodes, table_fixture)

BOOST_AUTO_TEST_CASE(the_inbound_one_waits_for_ours_if_our_id_is_larger) {
  reach(smaller);
  auto& theirs = accept();
  auto outcome = table.greet(theirs, smaller);
  BOOST_REQUIRE(is<waits>(outcome));
  BOOST_TEST(std::get<waits>(outcome).on == 0u);
  BOOST_TEST(!table.next_released(smaller).has_value());
}

BOOST_AUTO_TEST_CASE(both_go_on_if_our_id_is_smaller) {
  auto& ours = reach(larger);
  auto& theirs = accept();
  auto outcome = table.greet(theirs, larger);
  BOOST_REQUIRE(is<goes_on>(outcome));
  BOOST_TEST(!std::get<goes_on>(outcome).replaced.has_value());
  BOOST_TEST(is<goes_on>(table.greet(ours, larger)));
}

BOOST_AUTO_TEST_CASE(the_inbound_one_takes_the_place_of_a_dial_without_a_connection) {
  for (const auto& id : {smaller, larger}) {
    auto number = dials;
    BOOST_REQUIRE(is<dial_begins>(dial(id)));
    auto& theirs = accept();
    auto outcome = table.greet(theirs, id);
    BOOST_REQUIRE(is<goes_on>(outcome));
    BOOST_TEST((std::get<goes_on>(outcome).replaced == number));
    BOOST_TEST((theirs.caller == number));
    BOOST_TEST(table.pending() == 0u);
    end(theirs);
  }
}

BOOST_AUTO_TEST_CASE(the_one_that_has_taken_the_place_of_a_dial_has_its_slot) {
  table_fixture kept{with_places(2, 2)};
  BOOST_REQUIRE(is<dial_begins>(kept.dial(smaller)));
  auto& theirs = kept.accept();
  BOOST_REQUIRE(is<goes_on>(kept.table.greet(theirs, smaller)));
  kept.run(node_number(2));
  BOOST_TEST(is<admitted>(kept.table.admit(theirs)));
}

BOOST_AUTO_TEST_CASE(the_one_that_waits_is_released_when_ours_runs) {
  auto& ours = reach(smaller);
  auto& theirs = keep_waiting(smaller);
  BOOST_REQUIRE(is<goes_on>(table.greet(ours, smaller)));
  BOOST_REQUIRE(is<admitted>(table.admit(ours)));
  BOOST_REQUIRE(table.run(ours));
  BOOST_TEST((table.next_released(smaller) == theirs.number));
  BOOST_TEST(!table.next_released(smaller).has_value());
  // Should the owner let it go on, there is no place for it.
  BOOST_TEST(refused(table.admit(theirs), errc::already_connected));
}

BOOST_AUTO_TEST_CASE(the_one_that_waits_is_released_when_ours_has_failed) {
  auto& ours = reach(smaller);
  auto& theirs = keep_waiting(smaller);
  table.end(ours);
  BOOST_TEST((table.next_released(smaller) == theirs.number));
  BOOST_TEST(is<admitted>(table.admit(theirs)));
  BOOST_TEST(table.run(theirs));
}

BOOST_AUTO_TEST_CASE(all_that_wait_are_released_once_and_the_first_to_be_admitted_wins) {
  auto& ours = reach(smaller);
  auto& one = keep_waiting(smaller);
  auto& two = keep_waiting(smaller);
  table.end(ours);
  std::vector<std::uint64_t> released;
  while (auto next = table.next_released(smaller))
    released.push_back(*next);
  BOOST_TEST(released.size() == 2u);
  BOOST_TEST((std::count(released.begin(), released.end(), one.number) == 1));
  BOOST_TEST((std::count(released.begin(), released.end(), two.number) == 1));
  BOOST_TEST(is<admitted>(table.admit(two)));
  BOOST_TEST(refused(table.admit(one), errc::already_connected));
}

BOOST_AUTO_TEST_CASE(the_one_that_ends_while_it_waits_is_not_released) {
  auto& ours = reach(smaller);
  auto& theirs = keep_waiting(smaller);
  end(theirs);
  BOOST_TEST(!table.outwaited_by(smaller, 0).has_value());
  table.end(ours);
  BOOST_TEST(!table.next_released(smaller).has_value());
  BOOST_TEST(table.pending() == 0u);
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_a_dial_of_another_node) {
  reach(smaller);
  auto& theirs = accept();
  BOOST_TEST(is<goes_on>(table.greet(theirs, node_number(2))));
}

BOOST_AUTO_TEST_CASE(ours_is_ended_when_it_was_waited_for_long_enough) {
  auto& ours = reach(smaller);
  BOOST_TEST(!table.outwaited_by(smaller, 0).has_value());
  keep_waiting(smaller);
  BOOST_TEST((table.outwaited_by(smaller, 0) == ours.number));
  BOOST_TEST(!table.outwaited_by(smaller, 1).has_value());
  BOOST_TEST(!table.outwaited_by(larger, 0).has_value());
}

BOOST_AUTO_TEST_CASE(ours_is_not_ended_once_it_is_admitted) {
  auto& ours = reach(smaller);
  keep_waiting(smaller);
  BOOST_REQUIRE(is<goes_on>(table.greet(ours, smaller)));
  BOOST_REQUIRE(is<admitted>(table.admit(ours)));
  BOOST_TEST(!table.outwaited_by(smaller, 0).has_value());
}

BOOST_AUTO_TEST_CASE(ours_is_not_ended_for_one_that_waited_for_an_earlier_dial) {
  end(reach(smaller));
  BOOST_TEST(!table.next_released(smaller).has_value());
  reach(smaller);
  keep_waiting(smaller);
  BOOST_TEST(!table.outwaited_by(smaller, 0).has_value());
  BOOST_TEST(table.outwaited_by(smaller, 1).has_value());
}

BOOST_AUTO_TEST_CASE(a_dial_without_a_connection_is_not_ended) {
  BOOST_REQUIRE(is<dial_begins>(dial(smaller)));
  BOOST_TEST(!table.outwaited_by(smaller, 0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_caller_of_a_session_that_fails, table_fixture)

BOOST_AUTO_TEST_CASE(is_answered_by_one_that_the_remote_dialled) {
  auto& ours = reach(larger);
  auto& theirs = accept();
  BOOST_REQUIRE(is<goes_on>(table.greet(theirs, larger)));
  table.end(ours);
  auto then = table.pass_on_caller(ours);
  BOOST_TEST((!then.unanswered && !then.by));
  BOOST_TEST((theirs.caller == 0u && !ours.caller));
}

BOOST_AUTO_TEST_CASE(is_answered_by_one_that_runs) {
  auto& ours = reach(larger);
  auto& theirs = run(larger);
  table.end(ours);
  auto then = table.pass_on_caller(ours);
  BOOST_TEST(!then.unanswered.has_value());
  BOOST_TEST((then.by == &theirs && then.caller == 0u));
  BOOST_TEST((theirs.caller == 0u));
  BOOST_TEST(table.on_answered(larger, theirs.number, 1)); // One that was never passed on.
  BOOST_TEST(theirs.caller.has_value());
  BOOST_TEST(table.on_answered(larger, theirs.number, 0));
  BOOST_TEST(!theirs.caller.has_value());
}

BOOST_AUTO_TEST_CASE(is_not_taken_from_another_session_by_one_that_ran) {
  auto& ours = reach(larger);
  auto& ran = run(larger);
  table.end(ours);
  BOOST_REQUIRE((table.pass_on_caller(ours).by == &ran));
  table.end(ran); // Before it has answered.
  auto& opening = accept();
  BOOST_REQUIRE(is<goes_on>(table.greet(opening, larger)));
  table.pass_on_caller(ran);
  BOOST_TEST((opening.caller == 0u));
  BOOST_TEST(!table.on_answered(larger, ran.number, 0));
  BOOST_TEST((opening.caller == 0u));
  BOOST_REQUIRE(is<admitted>(table.admit(opening)));
  BOOST_REQUIRE(table.run(opening));
  BOOST_TEST(!table.on_answered(larger, ran.number, 0));
  BOOST_TEST(table.on_answered(larger, opening.number, 0));
}

BOOST_AUTO_TEST_CASE(is_told_if_there_is_no_other) {
  auto& ours = reach(larger);
  run(smaller);
  table.end(ours);
  BOOST_TEST((table.pass_on_caller(ours).unanswered == 0u));
  BOOST_TEST(!table.pass_on_caller(ours).unanswered.has_value());
}

BOOST_AUTO_TEST_CASE(is_told_if_the_other_has_a_caller_already) {
  auto& first = reach(larger);
  auto& theirs = run(larger);
  table.end(first);
  BOOST_REQUIRE(table.pass_on_caller(first).by == &theirs);
  auto& second = accept();
  second.id = larger;
  second.caller = 8;
  table.end(second);
  BOOST_TEST((table.pass_on_caller(second).unanswered == 8u));
}

BOOST_AUTO_TEST_CASE(is_told_if_the_one_that_the_remote_dialled_has_a_caller_already) {
  auto& first = reach(larger);
  auto& theirs = accept();
  BOOST_REQUIRE(is<goes_on>(table.greet(theirs, larger)));
  end(first);
  theirs.caller = 0;
  BOOST_REQUIRE(!table.adopt(larger, 7, true));
  auto& second = connect(larger);
  table.end(second);
  BOOST_TEST((table.pass_on_caller(second).unanswered == 7u));
  BOOST_TEST((theirs.caller == 0u));
}

BOOST_AUTO_TEST_CASE(is_nobody_if_the_remote_dialled) {
  auto& theirs = accept();
  BOOST_REQUIRE(is<goes_on>(table.greet(theirs, larger)));
  run(larger, "10.0.0.3");
  table.end(theirs);
  auto then = table.pass_on_caller(theirs);
  BOOST_TEST((!then.unanswered && !then.by));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_slot, table_fixture)

BOOST_AUTO_TEST_CASE(is_given_to_one_session_with_a_node) {
  auto& one = accept();
  auto& two = accept();
  BOOST_TEST(is<goes_on>(table.greet(one, larger)));
  BOOST_TEST(is<goes_on>(table.greet(two, larger)));
  BOOST_TEST(is<admitted>(table.admit(two)));
  BOOST_TEST(refused(table.admit(one), errc::already_connected));
  BOOST_TEST(!table.run(one));
  BOOST_TEST(table.run(two));
  auto& three = accept();
  BOOST_TEST(refused(table.greet(three, larger), errc::already_connected));
}

BOOST_AUTO_TEST_CASE(is_not_given_to_ourselves) {
  auto& theirs = accept();
  BOOST_TEST(refused(table.greet(theirs, ourselves), errc::connected_to_self));
}

BOOST_AUTO_TEST_CASE(is_not_given_to_a_session_that_is_over_or_runs) {
  auto& theirs = accept();
  BOOST_REQUIRE(is<goes_on>(table.greet(theirs, larger)));
  table.end(theirs);
  BOOST_TEST(refused(table.greet(theirs, larger), errc::shutting_down));
  BOOST_TEST(refused(table.admit(theirs), errc::shutting_down));
  BOOST_TEST(!table.run(theirs));
  BOOST_TEST(refused(table.admit(run(larger)), errc::shutting_down));
}

BOOST_AUTO_TEST_CASE(is_needed_to_run) {
  auto& theirs = accept();
  BOOST_REQUIRE(is<goes_on>(table.greet(theirs, larger)));
  BOOST_TEST(!table.run(theirs));
  BOOST_TEST(table.peers().empty());
}

BOOST_AUTO_TEST_CASE(is_free_when_its_session_is_over) {
  table_fixture one{with_places(1)};
  auto& first = one.run(larger);
  BOOST_TEST(refused(one.table.greet(one.accept(), smaller), errc::too_many_peers));
  one.table.end(first); // Its actors may still live.
  BOOST_TEST(one.table.peers().empty());
  one.run(smaller);
}

BOOST_AUTO_TEST_CASE(is_free_when_its_session_ends_before_it_runs) {
  table_fixture one{with_places(1)};
  auto& first = one.accept();
  BOOST_REQUIRE(is<goes_on>(one.table.greet(first, larger)));
  BOOST_REQUIRE(is<admitted>(one.table.admit(first)));
  one.end(first);
  one.run(larger);
}

BOOST_AUTO_TEST_CASE(is_there_for_trusted_nodes_beyond_the_limit) {
  table_fixture one{with_places(1), {larger}};
  one.run(smaller);
  one.run(larger);
  BOOST_TEST(one.table.peers().size() == 2u);
  BOOST_TEST((one.table.is_trusted(larger) && !one.table.is_trusted(smaller)));
}

BOOST_AUTO_TEST_CASE(that_others_have_taken_meanwhile_is_refused_after_hello) {
  table_fixture one{with_places(1)};
  auto& late = one.accept();
  BOOST_REQUIRE(is<goes_on>(one.table.greet(late, larger)));
  one.run(smaller);
  BOOST_TEST(refused(one.table.admit(late), errc::too_many_peers));
}

BOOST_AUTO_TEST_CASE(goes_from_a_source_that_has_most_to_one_that_has_fewer) {
  table_fixture two{with_places(2)};
  auto& oldest = two.run(node_number(1), "10.0.0.1");
  auto& youngest = two.run(node_number(2), "10.0.0.1");
  auto& poorer = two.accept("10.9.9.9");
  // The remote first has to show that it is useful.
  BOOST_REQUIRE(is<goes_on>(two.table.greet(poorer, node_number(3))));
  BOOST_TEST(youngest.admitted);
  auto outcome = two.table.admit(poorer);
  BOOST_REQUIRE(is<admitted>(outcome));
  BOOST_TEST((std::get<admitted>(outcome).loser == youngest.number));
  two.table.displace(youngest.number);
  BOOST_TEST((!youngest.admitted && poorer.admitted));
  BOOST_TEST(two.table.run(poorer));
  // The loser has not noticed yet.
  BOOST_TEST(two.table.peer(node_number(2)) == &youngest);
  two.end(oldest);
  BOOST_TEST(refused(two.table.greet(two.accept(), node_number(2)), errc::already_connected));
  two.end(youngest);
  BOOST_TEST(two.table.peers().size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_not_given_beside_a_session_that_has_lost_its_own_and_still_runs) {
  table_fixture two{with_places(2)};
  auto& oldest = two.run(node_number(1), "10.0.0.1");
  auto& second = two.accept();
  BOOST_REQUIRE(is<goes_on>(two.table.greet(second, node_number(2))));
  auto& loser = two.run(node_number(2), "10.0.0.1");
  two.table.displace(loser.number);
  two.end(oldest);
  BOOST_TEST(refused(two.table.admit(second), errc::already_connected));
  two.end(loser);
  BOOST_TEST(is<admitted>(two.table.admit(second)));
}

BOOST_AUTO_TEST_CASE(can_be_lost_before_the_session_runs) {
  table_fixture two{with_places(2)};
  two.run(node_number(1), "10.0.0.1");
  auto& about_to_run = two.accept("10.0.0.1");
  BOOST_REQUIRE(is<goes_on>(two.table.greet(about_to_run, node_number(2))));
  BOOST_REQUIRE(is<admitted>(two.table.admit(about_to_run)));
  auto& poorer = two.accept("10.9.9.9");
  BOOST_REQUIRE(is<goes_on>(two.table.greet(poorer, node_number(3))));
  auto outcome = two.table.admit(poorer);
  BOOST_REQUIRE(is<admitted>(outcome));
  BOOST_TEST((std::get<admitted>(outcome).loser == about_to_run.number));
  two.table.displace(about_to_run.number);
  BOOST_TEST(!two.table.run(about_to_run));
}

BOOST_AUTO_TEST_CASE(can_be_lost_by_an_adopted_session_that_nobody_has_asked_for) {
  table_fixture two{with_places(2)};
  two.run(node_number(1), "10.0.0.1");
  BOOST_REQUIRE(!two.table.adopt(node_number(2), 0, false));
  auto& adopted = two.accept("10.0.0.1");
  two.table.connect(node_number(2), adopted);
  BOOST_REQUIRE(is<goes_on>(two.table.greet(adopted, node_number(2))));
  BOOST_REQUIRE(is<admitted>(two.table.admit(adopted)));
  auto& poorer = two.accept("10.9.9.9");
  BOOST_REQUIRE(is<goes_on>(two.table.greet(poorer, node_number(3))));
  auto outcome = two.table.admit(poorer);
  BOOST_REQUIRE(is<session_table::admitted>(outcome));
  BOOST_TEST((std::get<session_table::admitted>(outcome).loser == adopted.number));
}

BOOST_AUTO_TEST_CASE(is_not_lost_by_a_node_that_we_have_dialled) {
  table_fixture two{with_places(2)};
  auto& ours = two.reach(node_number(1));
  BOOST_REQUIRE(is<goes_on>(two.table.greet(ours, node_number(1))));
  BOOST_REQUIRE(is<admitted>(two.table.admit(ours)));
  BOOST_REQUIRE(two.table.run(ours));
  two.run(node_number(2), "10.0.0.1");
  auto& another = two.accept("10.9.9.9");
  BOOST_TEST(refused(two.table.greet(another, node_number(3)), errc::too_many_peers));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// One session may be pending; the connections that wait are numbered from 100.
struct places_fixture : table_fixture {
  nat::fair_pool<std::uint64_t> waiting;
  std::uint64_t next = 100;

  places_fixture()
    : table_fixture([] {
        settings out;
        out.max_pending = 2;
        out.handshake_timeout = 10s;
        return out;
      }()) {}

  std::uint64_t wait(const std::string& host) {
    waiting.add(next, table.source_of({host, 30303}));
    return next++;
  }

  auto turn() { return table.next_turn(waiting, now); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_place_among_the_pending_sessions, places_fixture)

BOOST_AUTO_TEST_CASE(is_for_the_connection_that_waits_while_there_is_room) {
  BOOST_TEST(!turn().has_value());
  auto first = wait("10.0.0.1");
  auto given = turn();
  BOOST_REQUIRE(given.has_value());
  BOOST_TEST((given->next == first && !given->loser));
}

BOOST_AUTO_TEST_CASE(goes_at_once_from_a_network_that_has_more) {
  auto& oldest = accept("10.0.0.1");
  accept("10.0.0.1");
  auto poorer = wait("10.9.9.9");
  auto given = turn();
  BOOST_REQUIRE(given.has_value());
  BOOST_TEST((given->next == poorer && given->loser == oldest.number));
  table.lose_place(oldest.number);
  BOOST_TEST(table.pending() == 1u);
}

BOOST_AUTO_TEST_CASE(is_kept_for_a_tenth_of_the_deadline_if_it_is_the_only_one_of_its_address) {
  auto& oldest = accept("10.0.0.1");
  accept("10.7.7.7");
  auto third = wait("10.9.9.9");
  BOOST_TEST(!turn().has_value());
  BOOST_TEST((table.turn_length() == 1s));
  now += 999ms;
  BOOST_TEST(!turn().has_value());
  now += 1ms;
  auto given = turn();
  BOOST_REQUIRE(given.has_value());
  BOOST_TEST((given->next == third && given->loser == oldest.number));
}

BOOST_AUTO_TEST_CASE(is_not_needed_by_a_session_that_runs_or_is_over) {
  run(larger, "10.0.0.1");
  table.end(accept("10.0.0.1"));
  auto& failed = accept("10.0.0.1");
  table.forget(failed.number);
  BOOST_TEST(table.pending() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_session_that_lingers)

BOOST_AUTO_TEST_CASE(is_given_up_when_there_are_too_many_the_oldest_of_the_fullest_source_first) {
  table_fixture f{[] {
    settings out;
    out.max_lingering = 2;
    return out;
  }()};
  std::vector<session*> all;
  for (const auto* host : {"10.9.9.9", "10.0.0.1", "10.0.0.1"})
    all.push_back(&f.accept(host));
  for (auto* x : all)
    f.table.end(*x);
  BOOST_TEST(!f.table.linger(*all[0]).has_value());
  BOOST_TEST(!f.table.linger(*all[1]).has_value());
  BOOST_TEST(!f.table.linger(*all[1]).has_value()); // It counts once.
  BOOST_TEST((f.table.linger(*all[2]) == all[1]->number));
  f.table.forget(1);
  BOOST_TEST(f.table.find(1) == nullptr);
  BOOST_TEST(f.table.find(2) == all[1]);
}

BOOST_AUTO_TEST_CASE(is_gone_with_all_others_when_the_node_ends) {
  table_fixture f;
  f.run(larger);
  f.reach(smaller);
  f.table.clear();
  BOOST_TEST((f.table.pending() == 0u && f.table.peers().empty()));
  BOOST_TEST(!f.table.next_released(smaller).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
