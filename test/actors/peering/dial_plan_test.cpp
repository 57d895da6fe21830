// SPDX-License-Identifier: BSL-1.0
#include "peering_fixture.hpp"

#include <algorithm>
#include <set>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(dial_plan_test)

using namespace std::chrono_literals;
using refusal = dial_refusal;

namespace {

using dialled = std::vector<std::uint64_t>;

struct small_plan : planned {
  small_plan() : planned(limits_of(2)) {}
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

#define CHECK_DIALS(of, ...)                                                                       \
  BOOST_TEST((of).dials() == (dialled{__VA_ARGS__}), boost::test_tools::per_element())

BOOST_FIXTURE_TEST_SUITE(limits, small_plan)

BOOST_AUTO_TEST_CASE(if_no_peers_are_wanted_only_trusted_nodes_are_dialled) {
  plan.set_limits({.peers = 0});
  offer(1);
  plan.add_static(numbered_node(2), now);
  plan.trust(numbered_id(3), now);
  plan.add_static(numbered_node(3), now);
  plan.trust(numbered_id(4), now);
  offer(4);
  auto out = dials();
  BOOST_TEST((std::set(out.begin(), out.end()) == std::set<std::uint64_t>{3, 4}));
  BOOST_TEST(reason(1) == refusal::no_slot);
  BOOST_TEST(contains(text(2), "no peers are wanted"));
}

BOOST_AUTO_TEST_CASE(a_trusted_node_needs_no_place_and_takes_none) {
  connect(1);
  connect(2);
  plan.trust(numbered_id(3), now);
  offer(3);
  offer(4);
  CHECK_DIALS(*this, 3);
  connect(3);
  drop(2, 1h);
  CHECK_DIALS(*this, 4);
}

BOOST_AUTO_TEST_CASE(trust_given_and_taken_changes_the_places_of_peers) {
  connect(1);
  connect(2);
  BOOST_TEST(plan.slots().free(plan.limits()) == 0u);
  plan.trust(numbered_id(1), now);
  BOOST_TEST(plan.slots().free(plan.limits()) == 1u);
  plan.distrust(numbered_id(1), now);
  BOOST_TEST(plan.slots().free(plan.limits()) == 0u);
}

BOOST_AUTO_TEST_CASE(trust_during_a_dial_keeps_the_count_of_dials) {
  offer(1);
  CHECK_DIALS(*this, 1);
  plan.trust(numbered_id(1), now);
  BOOST_TEST(plan.slots().dialling == 0u);
  BOOST_TEST(plan.slots().dialling_trusted == 1u);
  fail(1);
  BOOST_TEST(plan.slots().dialling_trusted == 0u);
}

BOOST_AUTO_TEST_CASE(limits_may_rise_and_fall) {
  for (int i = 1; i < 20; ++i)
    offer(i);
  BOOST_TEST(dials().size() == 4u);
  plan.set_limits(limits_of(5));
  BOOST_TEST(dials().size() == 6u);
  plan.set_limits(limits_of(1));
  BOOST_TEST(dials().empty());
  for (int i = 1; i <= 10; ++i)
    fail(i, 1h);
  BOOST_TEST(dials().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_static_node_goes_first_and_needs_a_place) {
  offer(1);
  plan.add_static(numbered_node(2), now);
  plan.set_limits(limits_of(2, 1));
  CHECK_DIALS(*this, 2);
  connect(3);
  connect(4);
  fail(2);
  now += 1min;
  BOOST_TEST(dials().empty());
  BOOST_TEST(reason(2) == refusal::no_slot);
}

BOOST_AUTO_TEST_CASE(static_nodes_are_dialled_in_any_order) {
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    planned other{limits_of(1, 1), seed};
    for (int i = 1; i <= 4; ++i)
      other.plan.add_static(numbered_node(i), other.now);
    first.insert(other.dials().front());
  }
  BOOST_TEST(first.size() == 4u);
}

BOOST_AUTO_TEST_CASE(the_number_of_static_and_of_trusted_nodes_is_bounded) {
  for (std::uint64_t i = 0; i < dial_plan::max_kept; ++i) {
    BOOST_TEST(!plan.add_static(numbered_node(i), now).has_value());
    BOOST_TEST(!plan.trust(numbered_id(i + 5000), now).has_value());
  }
  BOOST_TEST((plan.add_static(numbered_node(9000), now) == refusal::too_many_kept));
  BOOST_TEST((plan.trust(numbered_id(9000), now) == refusal::too_many_kept));
  plan.remove(numbered_id(0), now);
  BOOST_TEST(!plan.add_static(numbered_node(9000), now).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(history, small_plan)

BOOST_AUTO_TEST_CASE(a_node_is_not_dialled_twice_within_35_seconds_whatever_it_is) {
  offer(1);
  plan.add_static(numbered_node(2), now);
  plan.trust(numbered_id(3), now);
  offer(3);
  BOOST_TEST(dials().size() == 3u);
  for (int i : {1, 2, 3}) {
    fail(i);
    BOOST_TEST(reason(i) == refusal::recently_dialled);
  }
  now += 34s;
  BOOST_TEST(dials().empty());
  now += 11s;
  BOOST_TEST(dials().size() == 3u);
}

BOOST_AUTO_TEST_CASE(the_time_of_the_next_dial_is_known) {
  offer(1);
  dials();
  BOOST_TEST((plan.when() == std::nullopt || *plan.when() > now + 34s));
  fail(1);
  auto due = plan.when();
  BOOST_REQUIRE(due.has_value());
  BOOST_TEST((*due >= now + 35s && *due <= now + 45s));
  now = *due - 1ns;
  BOOST_TEST(dials().empty());
  now = *due;
  CHECK_DIALS(*this, 1);
}

BOOST_AUTO_TEST_CASE(a_removed_node_that_comes_back_has_kept_its_history_and_its_back_off) {
  offer(1);
  plan.add_static(numbered_node(2), now);
  dials();
  fail(1, 1h, "too many peers");
  plan.remove(numbered_id(1), now);
  plan.remove(numbered_id(2), now);
  fail(2);
  offer(1);
  plan.add_static(numbered_node(2), now);
  BOOST_TEST(dials().empty());
  BOOST_TEST(reason(1) == refusal::backing_off);
  BOOST_TEST(reason(2) == refusal::recently_dialled);
}

BOOST_AUTO_TEST_CASE(others_are_dialled_while_one_fails_for_ever) {
  plan.set_limits(limits_of(1, 1));
  for (int i = 1; i <= 100; ++i)
    offer(i);
  std::set<std::uint64_t> tried;
  for (int i = 0; i < 100; ++i, now += 1min)
    for (auto number : dials()) {
      BOOST_TEST(tried.insert(number).second);
      fail(number);
    }
  BOOST_TEST(tried.size() == 100u);
}

BOOST_AUTO_TEST_CASE(a_dial_that_the_plan_did_not_choose_counts) {
  offer(1);
  plan.on_dialled(numbered_id(1), now, random);
  plan.on_dialled(numbered_id(9), now, random);
  BOOST_TEST(dials().empty());
  BOOST_TEST(plan.slots().dialling == 2u);
  fail(1);
  fail(9);
  BOOST_TEST(plan.slots().dialling == 0u);
  BOOST_TEST(reason(1) == refusal::recently_dialled);
  offer(9);
  BOOST_TEST(reason(9) == refusal::recently_dialled);
}

BOOST_AUTO_TEST_CASE(a_remote_that_dials_us_ends_our_dial_without_blame) {
  offer(1);
  dials();
  connect(1, true);
  fail(1, 1h);
  BOOST_TEST(plan.slots().dialling == 0u);
  BOOST_TEST(reason(1) == refusal::connected);
  now += 1min;
  drop(1);
  CHECK_DIALS(*this, 1);
}

BOOST_AUTO_TEST_CASE(a_peer_that_leaves_while_it_is_dialled_is_still_dialled) {
  offer(1);
  dials();
  connect(1, true);
  drop(1);
  BOOST_TEST(reason(1) == refusal::dialling);
  BOOST_TEST(plan.slots().peers == 0u);
  BOOST_TEST(plan.slots().dialling == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(back_off, small_plan)

BOOST_AUTO_TEST_CASE(a_node_is_not_dialled_before_the_time_that_its_ending_has_set) {
  offer(1);
  dials();
  fail(1, 5min, "useless peer");
  BOOST_TEST(reason(1) == refusal::backing_off);
  BOOST_TEST(why(1).why == "useless peer");
  now += 5min - 1s;
  BOOST_TEST(dials().empty());
  now += 1s;
  CHECK_DIALS(*this, 1);
}

BOOST_AUTO_TEST_CASE(static_and_trusted_nodes_are_tried_again_however_long_the_back_off) {
  plan.add_static(numbered_node(1), now);
  plan.trust(numbered_id(2), now);
  offer(2);
  dials();
  fail(1, 24h * 365);
  fail(2, 24h * 365);
  now += plan.limits().longest_kept_delay;
  BOOST_TEST(dials().size() == 2u);
}

BOOST_AUTO_TEST_CASE(dead_candidates_are_tried_for_ever_and_one_that_comes_back_is_found) {
  offer(1);
  int tries = 0;
  for (auto end = now + 24h; now < end; now = *plan.when())
    for (auto number : dials()) {
      ++tries;
      fail(number, 30min);
    }
  BOOST_TEST(tries == 48);
  BOOST_TEST(!dials().empty());
}

BOOST_AUTO_TEST_CASE(a_failed_dial_is_followed_by_one_at_the_other_endpoint) {
  plan.add_static(numbered_node(1, "node.example.org"), now);
  plan.offer(1, {numbered_node(1, "88.0.0.9")}, now);
  std::vector<std::string> hosts;
  for (int i = 0; i < 4; ++i, now += 1min) {
    hosts.push_back(plan.next(now, random)->address.host);
    if (i < 3)
      fail(1);
  }
  BOOST_TEST(hosts == (std::vector<std::string>{"node.example.org", "88.0.0.9", "node.example.org",
                                                "88.0.0.9"}),
             boost::test_tools::per_element());
  // The endpoint at which it was reached comes first from then on.
  connect(1);
  now += 1h;
  drop(1);
  BOOST_TEST(plan.next(now, random)->address.host == "88.0.0.9");
}

BOOST_AUTO_TEST_CASE(a_lie_about_the_endpoint_of_anothers_candidate_costs_nothing_at_first) {
  plan.offer(1, {numbered_node(1, "88.0.0.1")}, now);
  plan.offer(2, {numbered_node(1, "88.0.0.66")}, now);
  BOOST_TEST(plan.next(now, random)->address.host == "88.0.0.1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(bans, small_plan)

BOOST_AUTO_TEST_CASE(a_banned_node_is_not_dialled_until_the_ban_ends) {
  offer(1);
  BOOST_TEST(plan.ban(numbered_id(1), now + 1h, "bad blocks", now));
  BOOST_TEST(dials().empty());
  BOOST_TEST(reason(1) == refusal::banned);
  BOOST_TEST(contains(text(1), "bad blocks"));
  now += 1h;
  CHECK_DIALS(*this, 1);
}

BOOST_AUTO_TEST_CASE(a_ban_can_be_lifted) {
  offer(1);
  plan.ban(numbered_id(1), now + 1h, {}, now);
  plan.unban(numbered_id(1), now);
  CHECK_DIALS(*this, 1);
}

BOOST_AUTO_TEST_CASE(a_banned_stranger_is_refused) {
  plan.ban(numbered_id(1), now + 1h, "spam", now);
  BOOST_TEST((offer(1) == refusal::banned));
  BOOST_TEST(plan.refusals().of(refusal::banned) == 1u);
  BOOST_TEST(why(1).why == "spam");
  BOOST_TEST((why(1).until == now + 1h));
  now += 1h;
  BOOST_TEST(!offer(1).has_value());
}

BOOST_AUTO_TEST_CASE(static_and_trusted_nodes_are_delayed_and_not_banned) {
  plan.add_static(numbered_node(1), now);
  plan.trust(numbered_id(2), now);
  offer(2);
  BOOST_TEST(!plan.ban(numbered_id(1), now + 24h, "bad", now));
  BOOST_TEST(!plan.ban(numbered_id(2), now + 24h, "bad", now));
  BOOST_TEST(reason(1) == refusal::backing_off);
  BOOST_TEST(dials().empty());
  now += plan.limits().longest_kept_delay;
  BOOST_TEST(dials().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_banned_node_that_becomes_static_or_trusted_is_only_delayed) {
  for (int i : {1, 2, 3})
    plan.ban(numbered_id(i), now + 24h, "bad", now);
  offer(4);
  plan.ban(numbered_id(4), now + 24h, "bad", now);
  plan.add_static(numbered_node(1), now);
  plan.trust(numbered_id(2), now);
  offer(2);
  plan.trust(numbered_id(4), now);
  BOOST_TEST((offer(3) == refusal::banned));
  now += plan.limits().longest_kept_delay;
  auto out = dials();
  BOOST_TEST((std::set(out.begin(), out.end()) == std::set<std::uint64_t>{1, 2, 4}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(offers, small_plan)

BOOST_AUTO_TEST_CASE(the_own_node_is_refused) {
  BOOST_TEST((offer(self) == refusal::self));
  BOOST_TEST((plan.add_static(numbered_node(self), now) == refusal::self));
  BOOST_TEST(reason(self) == refusal::self);
}

BOOST_AUTO_TEST_CASE(a_node_outside_may_not_name_private_addresses) {
  auto told = [&](const char* teller, const char* host) {
    return plan.offer(1, {.node = numbered_node(1, host), .told_by = teller}, now);
  };
  BOOST_TEST((told("23.55.1.242", "192.168.0.1") == refusal::refused_address));
  BOOST_TEST((told("23.55.1.242", "127.0.0.1") == refusal::refused_address));
  BOOST_TEST((told("192.168.0.2", "0.0.0.0") == refusal::refused_address));
  BOOST_TEST(reason(1) == refusal::refused_address);
  BOOST_TEST(contains(text(1), "the address is unspecified"));
  BOOST_TEST(plan.refusals().of(refusal::refused_address) == 3u);
  BOOST_TEST(!told("192.168.0.2", "192.168.0.1").has_value());
  BOOST_TEST(reason(1) == refusal::waiting_turn);
}

BOOST_AUTO_TEST_CASE(this_host_may_name_private_addresses_unless_the_source_may_not) {
  BOOST_TEST(!plan.offer(1, {.node = numbered_node(1, "127.0.0.1")}, now).has_value());
  plan.set_source(2, {.name = "dns", .may_name_lan = false});
  BOOST_TEST(
    (plan.offer(2, {.node = numbered_node(2, "10.0.0.1")}, now) == refusal::refused_address));
  BOOST_TEST(!plan.offer(2, {.node = numbered_node(3, "a.example")}, now).has_value());
}

BOOST_AUTO_TEST_CASE(many_nodes_on_one_private_address_are_all_dialled) {
  plan.set_limits(limits_of(10));
  for (int i = 1; i <= 20; ++i)
    plan.offer(1, {.node = numbered_node(i, "127.0.0.1")}, now);
  BOOST_TEST(dials().size() == 20u);
}

BOOST_AUTO_TEST_CASE(a_candidate_needs_an_endpoint) {
  BOOST_TEST(
    (plan.offer(1, {.node = {numbered_id(1), {"88.1.1.1", 0}, 0}}, now) == refusal::no_endpoint));
  BOOST_TEST((plan.offer(1, {.node = numbered_node(1, "")}, now) == refusal::no_endpoint));
  BOOST_TEST(
    (plan.offer(1, {.node = numbered_node(1, "no host")}, now) == refusal::refused_address));
}

BOOST_AUTO_TEST_CASE(a_name_is_kept_as_text) {
  plan.offer(1, {.node = numbered_node(1, "node.example.org")}, now);
  BOOST_TEST(plan.next(now, random)->address.host == "node.example.org");
}

BOOST_AUTO_TEST_CASE(there_are_64_sources_at_most) {
  for (source_number source = 1; source <= 64; ++source)
    BOOST_TEST(!offer(source, source).has_value());
  BOOST_TEST((offer(65, 65) == refusal::too_many_sources));
  BOOST_TEST(plan.credit(65) == 0u);
  plan.forget_source(1, now);
  BOOST_TEST(!offer(65, 65).has_value());
  BOOST_TEST(reason(1) == refusal::unknown);
}

BOOST_AUTO_TEST_CASE(a_flood_from_one_source_leaves_the_others_their_dials) {
  plan.set_source(1, {.name = "flood"});
  plan.set_limits(limits_of(50));
  for (int i = 0; i < 100; ++i)
    offer(100'000 + i, 2);
  std::size_t taken = 0;
  for (int i = 0; i < 10'000; ++i)
    taken += offer(i, 1).has_value() ? 0 : 1;
  BOOST_TEST(taken == 2500u);
  BOOST_TEST(plan.candidates_of(2) == 100u);
  BOOST_TEST(plan.refusals().of(refusal::source_over_share) == 7500u);
  BOOST_TEST(reason(9999) == refusal::source_over_share);
  BOOST_TEST(why(9999).why == "flood");
  auto out = dials();
  BOOST_TEST(std::count_if(out.begin(), out.end(), [](auto x) { return x >= 100'000; }) == 25);
}

BOOST_AUTO_TEST_CASE(a_flood_cannot_hide_anothers_candidate_among_its_own) {
  for (int i = 0; i < 2500; ++i)
    offer(i, 1);
  offer(2400, 2);
  plan.set_limits(limits_of(1));
  auto out = dials();
  BOOST_TEST(std::count(out.begin(), out.end(), 2400) == 1);
}

BOOST_AUTO_TEST_CASE(ten_thousand_candidates_are_kept_and_all_sources_have_their_part) {
  for (source_number source = 1; source <= 5; ++source)
    for (int i = 0; i < 3000; ++i)
      offer(source * 100'000 + i, source);
  BOOST_TEST(plan.candidates() == 10'000u);
  for (source_number source = 1; source <= 5; ++source)
    BOOST_TEST((plan.candidates_of(source) >= 1999 && plan.candidates_of(source) <= 2001));
}

BOOST_AUTO_TEST_CASE(scores_decide_within_a_source) {
  plan.set_limits(limits_of(1, 1));
  offer(1, 1, 5);
  offer(2, 1, 9);
  offer(3, 1, 1);
  plan.set_score(numbered_id(3), 100, now);
  CHECK_DIALS(*this, 3);
  fail(3, 1h);
  CHECK_DIALS(*this, 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(own_link, small_plan)

BOOST_AUTO_TEST_CASE(while_it_is_down_nodes_are_probed_one_at_a_time) {
  plan.set_limits(limits_of(20));
  for (int i = 1; i <= 40; ++i)
    offer(i);
  plan.set_own_link(false, now);
  BOOST_TEST(dials().size() == 1u);
  BOOST_TEST(reason(2) == refusal::own_link_down);
  BOOST_TEST(contains(text(2), "the own link is down"));
  now += 1min;
  BOOST_TEST(dials().empty());
  fail(1, 1h);
  BOOST_TEST(dials().size() == 1u);
  fail(2, 1h);
  BOOST_TEST((plan.when() == now + 10s));
  BOOST_TEST(dials().empty());
  now += 10s;
  CHECK_DIALS(*this, 3);
}

BOOST_AUTO_TEST_CASE(an_hour_of_it_leaves_no_back_off) {
  plan.set_limits(limits_of(10));
  for (int i = 1; i <= 20; ++i)
    offer(i);
  // All fail at once, before anybody knows why.
  for (auto number : dials())
    fail(number, 3h);
  plan.set_own_link(false, now + 1s);
  for (auto end = now + 1h; now < end;) {
    for (auto number : dials())
      fail(number, 3h);
    now = std::clamp(plan.when().value_or(end), now + 1s, end + 1s);
  }
  plan.set_own_link(true, now);
  now += 45s;
  BOOST_TEST(dials().size() == 20u);
}

BOOST_AUTO_TEST_CASE(older_failures_are_not_forgiven) {
  offer(1);
  dials();
  fail(1, 1h);
  now += 3min;
  plan.set_own_link(false, now);
  BOOST_TEST(reason(1) == refusal::backing_off);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(churn, small_plan)

BOOST_AUTO_TEST_CASE(comes_every_three_to_seven_minutes_and_only_when_all_places_are_taken) {
  plan.set_limits(limits_of(3));
  offer(100);
  plan.churn(now, random);
  connect(1);
  connect(2);
  now += 1h;
  BOOST_TEST(!plan.churn(now, random).has_value());
  connect(3);
  auto before = now;
  std::set<std::uint64_t> dropped;
  for (int i = 0; i < 100; ++i) {
    now = *plan.when();
    BOOST_TEST((now - before >= 3min && now - before <= 7min));
    before = now;
    auto id = plan.churn(now, random);
    if (i > 1)
      dropped.insert(number_of(id.value()));
  }
  BOOST_TEST(dropped.size() == 3u);
}

BOOST_AUTO_TEST_CASE(
  spares_the_young_the_static_the_trusted_the_protected_and_those_who_dialled_us) {
  plan.set_limits({.peers = 6, .kept_for_inbound = 1});
  offer(100);
  plan.add_static(numbered_node(1), now);
  plan.trust(numbered_id(2), now);
  for (int i : {1, 2, 3, 4, 6})
    connect(i);
  connect(5, true);
  now += 20min;
  connect(7);
  plan.churn(now, random);
  for (int i = 0; i < 50; ++i) {
    now += 4s;
    auto protects = [](const node_id& id) { return number_of(id) == 4; };
    if (auto id = plan.churn(now, random, protects))
      BOOST_TEST((number_of(*id) == 3 || number_of(*id) == 6));
  }
}

BOOST_AUTO_TEST_CASE(does_not_come_if_nobody_waits_for_a_place) {
  connect(1);
  connect(2);
  for (int i = 0; i < 20; ++i, now += 7min)
    BOOST_TEST(!plan.churn(now, random).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(explanations, small_plan)

BOOST_AUTO_TEST_CASE(each_state_of_a_node_has_its_reason) {
  plan.set_limits(limits_of(2, 1));
  BOOST_TEST(reason(1) == refusal::unknown);
  offer(1);
  offer(2);
  BOOST_TEST(reason(1) == refusal::waiting_turn);
  now += 5s;
  CHECK_DIALS(*this, 1);
  BOOST_TEST(reason(1) == refusal::dialling);
  BOOST_TEST(contains(text(2), "too many dials are under way"));
  connect(1);
  BOOST_TEST(reason(1) == refusal::connected);
  connect(3);
  now += 5s;
  BOOST_TEST(text(2) ==
             "no place is free (all places for peers that we dial are taken), since 10 s; "
             "needed: that a peer leaves, a dial fails or the limits rise");
  drop(1, 2min, "useless peer");
  BOOST_TEST(text(1) == "it is tried again later (useless peer), since 0 s, for another 120 s");
  plan.remove(numbered_id(1), now);
  BOOST_TEST(reason(1) == refusal::backing_off);
  now += 2min;
  BOOST_TEST(reason(1) == refusal::unknown);
}

BOOST_AUTO_TEST_CASE(refusals_are_counted_by_reason) {
  connect(1);
  connect(2);
  offer(1);
  offer(3);
  dials();
  dials();
  BOOST_TEST(plan.refusals().of(refusal::connected) == 1u);
  BOOST_TEST(plan.refusals().of(refusal::no_slot) == 3u);
}

BOOST_AUTO_TEST_CASE(refused_offers_are_remembered_for_an_hour_and_not_without_end) {
  for (int i = 0; i < 3000; ++i)
    plan.offer(1, {.node = numbered_node(i, "0.0.0.0")}, now + std::chrono::milliseconds{i});
  now += 3s;
  BOOST_TEST(reason(2999) == refusal::refused_address);
  BOOST_TEST(reason(1) == refusal::unknown);
  now += 1h;
  BOOST_TEST(reason(2999) == refusal::unknown);
}

BOOST_AUTO_TEST_SUITE_END()

#undef CHECK_DIALS

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
