// SPDX-License-Identifier: BSL-1.0
//
// Bans, trust, limits and the user's admission, at a running node.
#include "devp2p/messages/caf.hpp"

#include "node_fixture.hpp"
#include "with_places.hpp"

#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(node_control_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

/// The hook of a test: what it is asked, and what it answers.
struct doorkeeper {
  std::vector<stranger> asked;
  std::optional<verdict> says;
  bool fails = false;
  std::vector<caf::typed_response_promise<verdict>> silent;
};

admission_actor::behavior_type keep_door(admission_actor::pointer self, doorkeeper* door) {
  return {[=](admit_atom, const stranger& who) -> caf::result<verdict> {
    door->asked.push_back(who);
    // Too late.
    for (auto& x : std::exchange(door->silent, {}))
      if (door->says)
        x.deliver(verdict::admit);
    if (door->fails)
      return errc::network_failure;
    if (door->says)
      return *door->says;
    auto promise = self->make_response_promise<verdict>();
    door->silent.push_back(promise);
    return promise;
  }};
}

struct control_fixture {
  kit::seeded_random random{5};
  kit::world world;
  doorkeeper door;
  admission_actor hook;
  test_node subject;

  explicit control_fixture(const settings& limits = {}, bool has_door = false,
                           verdict without = verdict::refuse)
    : subject(world, "10.0.0.1", random, test_protocol(), limits, {}, [&](node_config& x) {
        if (has_door)
          x.admission = {hook = world.spawn(keep_door, &door), 1s, without};
      }) {
    BOOST_REQUIRE(ask<enode>(world, subject.handle, listen_atom_v, subject.url.address).value);
  }

  std::unique_ptr<test_node> another(int n) {
    return std::make_unique<test_node>(world, "10.0.1." + std::to_string(n), random,
                                       test_protocol());
  }

  std::unique_ptr<kit::raw_remote> remote(int n) {
    return std::make_unique<kit::raw_remote>(world, "10.0.2." + std::to_string(n), random);
  }

  template <class... Ts>
  caf::error tell(const Ts&... what) {
    auto out = ask<caf::unit_t>(world, subject.handle, what...);
    BOOST_TEST((out.value || out.error));
    return out.error;
  }

  caf::error ban_it(const ban_subject& what, ban::duration lasting = ban::forever) {
    return tell(ban_atom_v, ban{what, lasting, "spam"});
  }
  caf::error ban_it(std::string_view what) { return ban_it(*ban_subject::parse(what)); }

  answer<peer_info> dial(const test_node& from, const enode& to) {
    return ask<peer_info>(world, from.handle, dial_atom_v, to);
  }

  enode listening(const test_node& x) {
    return ask<enode>(world, x.handle, listen_atom_v, x.url.address).value.value();
  }

  bool greets(kit::raw_remote& who) {
    BOOST_REQUIRE(who.connect(subject.url.address));
    BOOST_REQUIRE(who.shake_hands(subject.key.id()));
    return !who.received().empty() && who.received().front().id == p2p::hello_id;
  }

  node_info info() { return ask<node_info>(world, subject.handle, info_atom_v).value.value(); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_ban)

BOOST_AUTO_TEST_CASE(of_an_address_costs_no_handshake_and_leaves_nothing) {
  control_fixture f;
  BOOST_REQUIRE(!f.ban_it("10.0.2.0/24"));
  kit::raw_remote remote{f.world, "10.0.2.1", f.random};
  const auto living = f.world.living();
  const auto lines = f.subject.log->with("").size();
  for (int i = 0; i < 10'000; ++i) {
    remote.connect(f.subject.url.address);
    f.world.run();
    BOOST_REQUIRE(remote.closed());
  }
  BOOST_TEST(f.world.living() == living);
  BOOST_TEST(f.subject.log->with("").size() == lines);
  BOOST_TEST(f.subject.events.failed.empty());
  BOOST_TEST(f.info().banned == 10'000u);
  BOOST_TEST(f.info().pending == 0u);
  // Others still get in.
  BOOST_TEST(f.dial(*f.another(1), f.subject.url).value.has_value());
}

BOOST_AUTO_TEST_CASE(of_a_node_is_told_before_hello) {
  control_fixture f;
  auto remote = f.remote(1);
  BOOST_REQUIRE(!f.ban_it(ban_subject{remote->key().id()}));
  BOOST_TEST(!f.greets(*remote));
  BOOST_REQUIRE(remote->received().size() == 1u);
  BOOST_REQUIRE(remote->goodbyes().size() == 1u);
  BOOST_TEST(to_string(remote->goodbyes()[0]) == to_string(reason::useless_peer));
  BOOST_REQUIRE(f.subject.events.failed.size() == 1u);
  BOOST_TEST((f.subject.events.failed[0].id == remote->key().id()));
  BOOST_TEST((f.subject.events.failed[0].end.code == errc::banned));
  BOOST_TEST(f.subject.events.failed[0].end.error.ends_with("(spam)"));
  BOOST_TEST(f.info().banned == 1u);
}

BOOST_AUTO_TEST_CASE(ends_sessions_that_run) {
  control_fixture f;
  auto by_id = f.another(1);
  auto by_network = f.another(2);
  auto trusted = f.another(3);
  BOOST_REQUIRE(!f.tell(trust_atom_v, trusted->key.id()));
  for (auto* x : {by_id.get(), by_network.get(), trusted.get()})
    BOOST_REQUIRE(f.dial(*x, f.subject.url).value);
  BOOST_REQUIRE(!f.ban_it(ban_subject{by_id->key.id()}));
  BOOST_REQUIRE(f.subject.events.dropped.size() == 1u);
  BOOST_TEST((f.subject.events.dropped[0].end.code == errc::banned));
  BOOST_REQUIRE(by_id->events.dropped.size() == 1u);
  BOOST_TEST((by_id->events.dropped[0].end.reason == reason::useless_peer));
  BOOST_REQUIRE(!f.ban_it("10.0.0.0/8"));
  BOOST_TEST(f.subject.events.dropped.size() == 2u);
  BOOST_TEST(trusted->events.dropped.empty());
  BOOST_TEST(f.info().peers == 1u);
}

BOOST_AUTO_TEST_CASE(ends_sessions_that_do_not_run_yet) {
  control_fixture f;
  auto unproven = f.remote(1);
  auto proven = f.remote(2);
  BOOST_REQUIRE(unproven->connect(f.subject.url.address));
  BOOST_TEST(f.greets(*proven));
  BOOST_REQUIRE(!f.ban_it("10.0.2.0/24"));
  f.world.run();
  BOOST_TEST(unproven->closed());
  BOOST_REQUIRE(proven->goodbyes().size() == 1u);
  BOOST_TEST(to_string(proven->goodbyes()[0]) == to_string(reason::useless_peer));
  BOOST_TEST(f.subject.events.failed.size() == 2u);
  BOOST_TEST(f.subject.events.added.empty());
}

BOOST_AUTO_TEST_CASE(refuses_dials_but_not_those_of_trusted_nodes_at_that_address) {
  control_fixture f;
  auto other = f.another(1);
  auto url = f.listening(*other);
  BOOST_REQUIRE(!f.ban_it("10.0.1.1"));
  auto refused = f.dial(f.subject, url);
  BOOST_TEST((refused.error == errc::banned));
  BOOST_TEST(describe(refused.error) == "the node or its address is banned: 10.0.1.1 (spam)");
  BOOST_REQUIRE(!f.tell(trust_atom_v, url.id));
  BOOST_TEST(f.dial(f.subject, url).value.has_value());
  // Without trust, the ban is in force again.
  BOOST_REQUIRE(!f.tell(untrust_atom_v, url.id));
  BOOST_TEST(f.subject.events.dropped.size() == 1u);
  BOOST_TEST((f.tell(untrust_atom_v, url.id) == errc::node_not_trusted));
}

BOOST_AUTO_TEST_CASE(ends_a_dial_under_way) {
  control_fixture f;
  auto silent = f.remote(1);
  silent->listen(30303);
  caf::scoped_actor self{f.world.system()};
  auto dialled = request_from(self, f.subject.handle, caf::infinite, dial_atom_v,
                              enode{silent->key().id(), {"10.0.2.1", 30303}, 30303});
  f.world.run();
  BOOST_REQUIRE(silent->accepted());
  BOOST_REQUIRE(!f.ban_it(ban_subject{silent->key().id()}));
  BOOST_REQUIRE(self->has_next_message());
  std::move(dialled).receive([](const peer_info&) { BOOST_ERROR("there is no session"); },
                             [](const caf::error& why) { BOOST_TEST((why == errc::banned)); });
}

BOOST_AUTO_TEST_CASE(is_listed_until_it_is_over_or_lifted) {
  control_fixture f;
  BOOST_REQUIRE(!f.ban_it(*ban_subject::parse("10.0.2.1"), 10s));
  BOOST_REQUIRE(!f.ban_it("10.0.2.2"));
  auto list = [&] {
    return ask<std::vector<ban>>(f.world, f.subject.handle, bans_atom_v).value.value();
  };
  BOOST_REQUIRE(list().size() == 2u);
  BOOST_TEST(list()[0].reason == "spam");
  f.world.advance(10s);
  BOOST_REQUIRE(list().size() == 1u);
  BOOST_TEST((list()[0].lasting == ban::forever));
  BOOST_TEST(!f.tell(unban_atom_v, *ban_subject::parse("10.0.2.2")));
  BOOST_TEST((f.tell(unban_atom_v, *ban_subject::parse("10.0.2.2")) == errc::no_such_ban));
  auto remote = f.remote(2);
  BOOST_TEST(f.greets(*remote));
}

BOOST_AUTO_TEST_CASE(of_a_trusted_node_is_refused) {
  control_fixture f;
  auto friendly = f.another(1);
  BOOST_REQUIRE(!f.tell(trust_atom_v, friendly->key.id()));
  BOOST_TEST((f.ban_it(ban_subject{friendly->key.id()}) == errc::node_is_trusted));
  BOOST_TEST((f.ban_it(ban_subject{}) == errc::invalid_ban_subject));
  BOOST_TEST(static_cast<bool>(f.tell(trust_atom_v, node_id{})));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_limit)

BOOST_AUTO_TEST_CASE(of_peers_that_is_lowered_ends_the_youngest_that_are_not_trusted) {
  control_fixture f{with_places(4)};
  std::vector<std::unique_ptr<test_node>> others;
  for (int i = 1; i <= 4; ++i) {
    others.push_back(f.another(i));
    BOOST_REQUIRE(f.dial(*others.back(), f.subject.url).value);
    f.world.advance(1s);
  }
  BOOST_REQUIRE(!f.tell(trust_atom_v, others[3]->key.id()));
  auto now = ask<node_limits>(f.world, f.subject.handle, limits_atom_v, node_limits{2}).value;
  BOOST_REQUIRE(now.has_value());
  BOOST_TEST(now->max_peers == 2u);
  BOOST_TEST(now->max_pending == 50u);
  BOOST_REQUIRE(f.subject.events.dropped.size() == 2u);
  for (int i : {1, 2}) {
    BOOST_REQUIRE(others[i]->events.dropped.size() == 1u);
    BOOST_TEST((others[i]->events.dropped[0].end.reason == reason::too_many_peers));
  }
  BOOST_TEST(others[0]->events.dropped.empty());
  BOOST_TEST(others[3]->events.dropped.empty());
  BOOST_TEST((f.dial(*others[1], f.subject.url).error == errc::remote_disconnect));
  ask<node_limits>(f.world, f.subject.handle, limits_atom_v, node_limits{3});
  BOOST_TEST(f.dial(*others[1], f.subject.url).value.has_value());
}

BOOST_AUTO_TEST_CASE(that_is_unchanged_ends_nothing) {
  control_fixture f{with_places(1)};
  auto first = f.another(1);
  auto trusted = f.another(2);
  BOOST_REQUIRE(!f.tell(trust_atom_v, trusted->key.id()));
  BOOST_REQUIRE(f.dial(*first, f.subject.url).value);
  BOOST_REQUIRE(f.dial(*trusted, f.subject.url).value);
  auto now = ask<node_limits>(f.world, f.subject.handle, limits_atom_v, node_limits{}).value;
  BOOST_REQUIRE(now.has_value());
  BOOST_TEST((ask<node_limits>(f.world, f.subject.handle, limits_atom_v, *now).value == now));
  BOOST_TEST(f.subject.events.dropped.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(an_admission)

BOOST_AUTO_TEST_CASE(is_asked_once_before_hello_and_refuses) {
  control_fixture f{{}, true};
  f.door.says = verdict::refuse;
  auto remote = f.remote(1);
  BOOST_TEST(!f.greets(*remote));
  BOOST_REQUIRE(f.door.asked.size() == 1u);
  BOOST_TEST((f.door.asked[0].id == remote->key().id()));
  BOOST_TEST(f.door.asked[0].remote.host == "10.0.2.1");
  BOOST_REQUIRE(remote->goodbyes().size() == 1u);
  BOOST_TEST(to_string(remote->goodbyes()[0]) == to_string(reason::useless_peer));
  BOOST_TEST((f.subject.events.failed.at(0).end.code == errc::not_admitted));
}

BOOST_AUTO_TEST_CASE(admits) {
  control_fixture f{{}, true};
  f.door.says = verdict::admit;
  BOOST_TEST(f.dial(*f.another(1), f.subject.url).value.has_value());
  BOOST_TEST(f.door.asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_not_asked_about_trusted_banned_or_dialled_nodes) {
  control_fixture f{{}, true};
  auto trusted = f.another(1);
  BOOST_REQUIRE(!f.tell(trust_atom_v, trusted->key.id()));
  BOOST_TEST(f.dial(*trusted, f.subject.url).value.has_value());
  auto dialled = f.another(2);
  BOOST_TEST(f.dial(f.subject, f.listening(*dialled)).value.has_value());
  auto banned = f.remote(3);
  BOOST_REQUIRE(!f.ban_it(ban_subject{banned->key().id()}));
  BOOST_TEST(!f.greets(*banned));
  BOOST_TEST(f.door.asked.empty());
}

BOOST_AUTO_TEST_CASE(that_is_silent_costs_its_deadline_and_nobody_elses) {
  for (auto without : {verdict::refuse, verdict::admit}) {
    control_fixture f{{}, true, without};
    auto remote = f.remote(1);
    BOOST_TEST(!f.greets(*remote));
    auto trusted = f.another(2);
    BOOST_REQUIRE(!f.tell(trust_atom_v, trusted->key.id()));
    BOOST_TEST(f.dial(*trusted, f.subject.url).value.has_value());
    f.world.advance(999ms);
    BOOST_TEST(remote->received().empty());
    f.world.advance(1ms);
    BOOST_TEST(remote->goodbyes().size() == (without == verdict::refuse ? 1u : 0u));
    BOOST_TEST(f.subject.log->with("admission does not answer").size() == 1u);
    // A late answer changes nothing.
    f.door.says = verdict::refuse;
    f.greets(*f.remote(3));
    BOOST_TEST(f.subject.events.failed.size() == (without == verdict::refuse ? 2u : 1u));
  }
}

BOOST_AUTO_TEST_CASE(that_fails_or_is_dead_gives_the_verdict_of_the_setting) {
  for (auto without : {verdict::refuse, verdict::admit})
    for (bool dead : {false, true}) {
      control_fixture f{{}, true, without};
      f.door.fails = true;
      if (dead)
        caf::anon_send_exit(f.hook, caf::exit_reason::kill);
      f.world.run();
      auto remote = f.remote(1);
      BOOST_TEST(f.greets(*remote) == (without == verdict::admit));
      BOOST_TEST(f.door.asked.size() == (dead ? 0u : 1u));
    }
}

BOOST_AUTO_TEST_CASE(that_owes_too_many_answers_counts_as_silent) {
  settings limits;
  limits.max_pending = 2;
  control_fixture f{limits, true};
  auto first = f.remote(1);
  auto second = f.remote(2);
  for (auto* x : {first.get(), second.get()})
    f.greets(*x);
  // The third gets the place of the first, whose question is still open.
  kit::raw_remote third{f.world, "10.0.3.1", f.random};
  BOOST_REQUIRE(third.connect(f.subject.url.address));
  f.world.advance(500ms);
  BOOST_REQUIRE(third.shake_hands(f.subject.key.id()));
  BOOST_TEST(third.goodbyes().size() == 1u);
  BOOST_TEST(f.door.asked.size() == 2u);
  f.world.advance(500ms);
  auto later = f.remote(4);
  f.greets(*later);
  BOOST_TEST(f.door.asked.size() == 3u);
}

BOOST_AUTO_TEST_CASE(is_overruled_by_a_dial_of_ours_and_by_trust) {
  for (bool by_dial : {true, false}) {
    control_fixture f{{}, true};
    auto remote = f.remote(1);
    BOOST_TEST(!f.greets(*remote));
    if (by_dial) {
      f.world.send(f.subject.handle, dial_atom_v,
                   enode{remote->key().id(), {"10.0.2.1", 30303}, 30303});
      f.world.run();
    } else {
      BOOST_REQUIRE(!f.tell(trust_atom_v, remote->key().id()));
    }
    BOOST_REQUIRE(!remote->received().empty());
    BOOST_TEST(remote->received().front().id == p2p::hello_id);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
