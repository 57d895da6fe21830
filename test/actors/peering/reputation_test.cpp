// SPDX-License-Identifier: BSL-1.0
#include "company.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(reputation_test)

namespace {

using namespace std::chrono_literals;

constexpr auto host = "11.1.0.1";

/// What a reputation has told its subscriber.
struct judgements {
  std::vector<judgement> all;
  std::vector<bool> link;
};

judgement_subscriber_actor::behavior_type keep_judgements(judgement_subscriber_actor::pointer,
                                                          judgements* out) {
  return {[=](const judgement& x) { out->all.push_back(x); },
          [=](const own_link_changed& x) { out->link.push_back(x.is_up); }};
}

struct judged : company {
  judgements told;
  reputation_actor reputation;
  dialer_actor dialer;

  void begin_reputation(reputation_config setup = {}) {
    setup.node = begin(host);
    setup.random = &random;
    reputation = world.adopt(spawn_reputation(world.system(), std::move(setup)));
    auto subscriber = world.spawn(keep_judgements, &told);
    world.send(reputation, subscribe_atom_v, judgement_subscriber_actor{subscriber});
  }

  /// Begins a dialer that keeps sessions with static nodes at these hosts, and no others.
  void begin_dialer(const std::vector<std::string>& hosts) {
    dialer_config setup{.node = members.at(host).node, .self = url(host).id};
    setup.orders = std::make_shared<dialer_orders>();
    for (const auto& x : hosts)
      setup.orders->static_nodes.push_back(url(x));
    setup.limits.kept_for_inbound = 0;
    setup.reputation = reputation;
    setup.random = &random;
    dialer = world.adopt(spawn_dialer(world.system(), std::move(setup)));
    world.run();
  }

  bool dial(const std::string& from) {
    return world.ask(members.at(from).node, dial_atom_v, url(host)).engaged();
  }

  std::int32_t score_of(const std::string& at) {
    return *world.ask(reputation, info_atom_v, url(at).id);
  }

  /// Lets nothing come or go between us and that host, as if a cable were cut, or mends it.
  void set_stalled(const std::string& other, bool stalled) {
    world.network().set_conditions(host, other, {.stalled = stalled});
    world.network().set_conditions(other, host, {.stalled = stalled});
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(words_of_a_protocol_ban_a_node, judged) {
  begin_reputation();
  begin("11.2.0.1");
  BOOST_TEST(dial("11.2.0.1"));
  world.run();
  for (int i = 0; i < 4; ++i)
    world.send(reputation, bad_atom_v, url("11.2.0.1").id, std::uint32_t{25},
               std::string{"a bad block"});
  BOOST_TEST(score_of("11.2.0.1") <= -99);
  world.send(reputation, bad_atom_v, url("11.2.0.1").id, std::uint32_t{25},
             std::string{"a bad block"});
  world.advance(5s);
  BOOST_TEST(!are_peers(host, "11.2.0.1"));
  BOOST_TEST(!dial("11.2.0.1"));
  BOOST_TEST(std::ranges::count_if(told.all, [](const auto& x) { return x.banned_for > 59min; }) ==
             1);
  auto bans = world.ask(members.at(host).node, bans_atom_v);
  BOOST_REQUIRE(is_done(bans));
  BOOST_REQUIRE(bans->size() == 1u);
  BOOST_TEST(bans->front().reason.find("a bad block") != std::string::npos);
  // A ban has an end.
  world.advance(61min);
  BOOST_TEST(dial("11.2.0.1"));
}

BOOST_FIXTURE_TEST_CASE(the_operator_bans_and_pardons, judged) {
  begin_reputation();
  begin("11.2.0.1");
  BOOST_TEST(
    is_done(world.ask(reputation, ban_atom_v, ban{ban_subject{url("11.2.0.1").id}, 1h, "told"})));
  BOOST_TEST(!dial("11.2.0.1"));
  BOOST_TEST(is_done(world.ask(reputation, unban_atom_v, ban_subject{url("11.2.0.1").id})));
  world.run();
  BOOST_TEST(std::ranges::count_if(told.all, [](const auto& x) { return x.is_pardon; }) == 1);
  BOOST_TEST(dial("11.2.0.1"));
  auto refused = world.ask(reputation, unban_atom_v, ban_subject{url("11.2.0.1").id});
  BOOST_TEST((!refused && errc_of(refused.error()) == errc::no_such_ban));
}

BOOST_FIXTURE_TEST_CASE(a_static_node_is_delayed_and_never_banned, judged) {
  begin_reputation();
  begin("11.2.0.1");
  begin_dialer({"11.2.0.1"});
  world.advance(1s);
  BOOST_TEST(are_peers(host, "11.2.0.1"));
  for (int i = 0; i < 100; ++i)
    world.send(reputation, bad_atom_v, url("11.2.0.1").id, std::uint32_t{25}, std::string{"bad"});
  BOOST_TEST(are_peers(host, "11.2.0.1"));
  for (const auto& x : told.all)
    BOOST_TEST((x.banned_for == 0s));
}

BOOST_FIXTURE_TEST_CASE(a_dead_node_is_judged_once_somebody_else_is_heard, judged) {
  begin_reputation();
  begin("11.2.0.1");
  set_stalled("11.3.0.1", true);
  begin_dialer({"11.2.0.1", "11.3.0.1"});
  world.advance(3min);
  BOOST_TEST(are_peers(host, "11.2.0.1"));
  BOOST_TEST(score_of("11.3.0.1") < 0);
  BOOST_TEST(score_of("11.2.0.1") == 0);
  auto why = world.ask(dialer, explain_atom_v, url("11.3.0.1").id);
  BOOST_REQUIRE(is_done(why));
  BOOST_TEST((why->reason == dial_refusal::backing_off));
}

BOOST_FIXTURE_TEST_CASE(no_score_moves_while_the_own_link_is_down, judged) {
  begin_reputation();
  std::vector<std::string> others;
  for (int i = 2; i < 10; ++i)
    others.push_back("11." + std::to_string(i) + ".0.1");
  for (const auto& x : others)
    begin(x);
  begin_dialer(others);
  world.advance(1min);
  BOOST_TEST(peers_of(host) == others.size());
  for (const auto& x : others)
    set_stalled(x, true);
  world.advance(1h);
  BOOST_TEST(peers_of(host) == 0u);
  BOOST_REQUIRE(told.link.size() == 1u);
  BOOST_TEST(!told.link.back());
  BOOST_TEST(!world.ask(dialer, info_atom_v)->own_link_is_up);
  for (const auto& x : others)
    BOOST_TEST(score_of(x) == 0);
  for (const auto& x : others)
    set_stalled(x, false);
  world.advance(2min);
  BOOST_TEST(told.link.back());
  BOOST_TEST(peers_of(host) == others.size());
  for (const auto& x : others)
    BOOST_TEST(score_of(x) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
