// SPDX-License-Identifier: BSL-1.0
#include "punch_fixture.hpp"

#include "devp2p/actors/punching/hole_keeper.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(puncher_test)

namespace {

/// A random source that can be made to fail.
struct moody : random_source {
  kit::seeded_random source{5};
  bool throws = false;
  void fill(mutable_byte_view out) override {
    if (throws)
      throw std::runtime_error{"no chance"};
    source.fill(out);
  }
};

struct puncher_fixture : outcomes<hole>, punch_fixture {
  using punch_fixture::punch_fixture;

  void punch() { meet(at_one, at_two, punch_atom_v); }

  void open() {
    punch();
    BOOST_REQUIRE(at_one.value);
    BOOST_REQUIRE(at_two.value);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_puncher, puncher_fixture)

BOOST_AUTO_TEST_CASE(opens_a_hole_at_both_ends) {
  open();
  const auto& x = *at_one.value;
  const auto& y = *at_two.value;
  BOOST_TEST((x.peer == two.key.id()));
  BOOST_TEST((x.remote == y.observed));
  BOOST_TEST((y.remote == x.observed));
  BOOST_TEST(x.observed.port == x.local.port);
  BOOST_TEST((x.round_trip == 40ms));
  BOOST_TEST((y.round_trip == 40ms));
  BOOST_TEST((holes(one) == std::vector{two.key.id()}));
}

BOOST_AUTO_TEST_CASE(answers_all_who_ask_with_the_one_hole) {
  answer<hole> twice;
  begin(one, two.key.id(), twice, punch_atom_v);
  open();
  BOOST_REQUIRE(twice.value);
  BOOST_TEST((*twice.value == *at_one.value));
  auto later = ask<hole>(world, one.handle, punch_atom_v, two.key.id());
  BOOST_REQUIRE(later.value);
  BOOST_TEST((*later.value == *at_one.value));
}

BOOST_AUTO_TEST_CASE(says_why_there_is_no_hole) {
  set(one.host, two.host, {.latency = 20ms, .datagram_loss = 100});
  punch();
  BOOST_TEST((at_one.error == errc::punch_timeout));
  BOOST_TEST((at_two.error == errc::punch_timeout));
  world.run();
  BOOST_TEST(holes(one).empty());
  BOOST_TEST(one.lost.empty(), "there was none");
}

BOOST_AUTO_TEST_CASE(says_that_the_other_side_does_not_come) {
  begin(one, two.key.id(), at_one, punch_atom_v);
  world.advance(11s);
  BOOST_TEST((at_one.error == errc::unknown_to_rendezvous));
}

BOOST_AUTO_TEST_CASE(says_that_the_rendezvous_is_silent) {
  set(one.host, middle_host, {.datagram_loss = 100});
  begin(one, two.key.id(), at_one, punch_atom_v);
  world.advance(6s);
  BOOST_TEST((at_one.error == errc::rendezvous_silent));
}

BOOST_AUTO_TEST_CASE(keeps_its_holes_when_there_is_no_chance_for_another) {
  moody rng;
  puncher_config config{.key = one.key, .rendezvous = {first, second}, .random = &rng};
  one.handle = world.adopt(spawn_puncher(world.system(), world.host(one.host), std::move(config)));
  open();
  rng.throws = true;
  auto other = crypto::private_key::generate(random).id();
  auto failed = ask<hole>(world, one.handle, punch_atom_v, other);
  BOOST_TEST((failed.error == errc::callback_failed));
  BOOST_TEST(describe(failed.error).find("no chance") != std::string::npos);
  BOOST_TEST((holes(one) == std::vector{two.key.id()}));
  caf::anon_send_exit(one.handle, caf::exit_reason::user_shutdown);
  world.run();
}

BOOST_AUTO_TEST_CASE(meets_at_a_rendezvous_that_had_no_chance_for_a_while) {
  moody rng;
  caf::anon_send_exit(middle, caf::exit_reason::user_shutdown);
  world.run();
  middle = world.adopt(spawn_rendezvous(world.system(), world.host(middle_host), {.random = &rng}));
  BOOST_REQUIRE(ask_middle());
  rng.throws = true;
  answer<connected_stream> stream_one;
  answer<connected_stream> stream_two;
  begin(one, two.key.id(), stream_one, dial_atom_v);
  begin(two, one.key.id(), stream_two, dial_atom_v);
  begin(one, two.key.id(), at_one, punch_atom_v);
  begin(two, one.key.id(), at_two, punch_atom_v);
  world.advance(3s);
  BOOST_TEST(!at_one.value);
  BOOST_TEST(!stream_one.value);
  rng.throws = false;
  world.advance(5s);
  BOOST_TEST(bool{at_one.value});
  BOOST_TEST(bool{at_two.value});
  BOOST_TEST(bool{stream_one.value});
  BOOST_TEST(bool{stream_two.value});
  stream_one.value = stream_two.value = std::nullopt;
  caf::anon_send_exit(middle, caf::exit_reason::user_shutdown);
  world.run();
}

BOOST_AUTO_TEST_CASE(punches_again_after_a_failure) {
  set(one.host, two.host, {.latency = 20ms, .datagram_loss = 100});
  punch();
  BOOST_TEST(!at_one.value);
  set(one.host, two.host, {.latency = 20ms});
  open();
}

BOOST_AUTO_TEST_CASE(opens_holes_to_nobody_that_cannot_be) {
  auto myself = ask<hole>(world, one.handle, punch_atom_v, one.key.id());
  BOOST_TEST((myself.error == errc::connected_to_self));
  auto nobody = ask<hole>(world, one.handle, punch_atom_v, node_id{});
  BOOST_TEST((nobody.error == errc::invalid_public_key));
}

BOOST_AUTO_TEST_CASE(keeps_the_hole_open_until_it_is_lost_and_tells_so) {
  open();
  world.advance(10min);
  BOOST_TEST(one.lost.empty());
  BOOST_TEST(two.lost.empty());
  set(one.host, two.host, {.datagram_loss = 100});
  world.advance(1min);
  BOOST_REQUIRE(one.lost.size() == 1u);
  BOOST_REQUIRE(two.lost.size() == 1u);
  BOOST_TEST((one.lost[0].lost.peer == two.key.id()));
  BOOST_TEST((one.lost[0].why == errc::ping_timeout));
  BOOST_TEST(holes(one).empty());
}

BOOST_AUTO_TEST_CASE(tells_a_hole_that_lives_from_one_whose_other_side_has_begun_anew) {
  open();
  auto known = [](const auto& x) { return x.value || x.error; };
  auto ask_again = [&] {
    world.advance(2s);
    at_one = {};
    auto begun = world.now();
    begin(one, two.key.id(), at_one, punch_atom_v);
    BOOST_REQUIRE(world.run_until([&] { return known(at_one); }, 1min));
    return world.now() - begun;
  };
  BOOST_TEST((ask_again() == 40ms));
  BOOST_REQUIRE(at_one.value);
  auto before = at_one.value->remote;
  caf::anon_send_exit(two.handle, caf::exit_reason::user_shutdown);
  world.run();
  two.handle = start(two, {first, second});
  BOOST_TEST((ask_again() == 3s));
  BOOST_TEST((at_one.error == errc::ping_timeout));
  meet(at_one, at_two, punch_atom_v);
  BOOST_REQUIRE(at_one.value);
  BOOST_TEST((at_one.value->remote != before));
}

BOOST_AUTO_TEST_CASE(leaves_the_hole_to_its_user_when_told_to) {
  open();
  world.send(one.handle, close_atom_v, two.key.id());
  BOOST_TEST(holes(one).empty());
  auto bound = world.host(one.host).bind({"0.0.0.0", at_one.value->local.port});
  BOOST_TEST(bool{bound}, "the port is free");
  BOOST_TEST(one.lost.empty(), "nobody is told what he has asked for");
}

BOOST_AUTO_TEST_CASE(answers_who_waits_when_it_is_told_to_give_up) {
  begin(one, two.key.id(), at_one, punch_atom_v);
  world.advance(1s);
  world.send(one.handle, close_atom_v, two.key.id());
  BOOST_TEST((at_one.error == errc::shutting_down));
}

BOOST_AUTO_TEST_CASE(ends_with_all_that_it_has) {
  open();
  auto living = world.living();
  caf::anon_send_exit(one.handle, caf::exit_reason::user_shutdown);
  world.run();
  BOOST_TEST(world.living() == living - 2, "itself and the keeper of its hole");
}

BOOST_AUTO_TEST_CASE(says_that_its_port_is_taken) {
  const endpoint place{"0.0.0.0", 4000};
  auto taken = world.host(one.host).bind(place);
  auto subject = start(one, {first}, place);
  auto got = ask<hole>(world, subject, punch_atom_v, two.key.id());
  BOOST_TEST((got.error == errc::address_in_use));
}

BOOST_AUTO_TEST_CASE(says_that_its_address_and_a_rendezvous_cannot_speak) {
  const endpoint six{"2001:db8::1", 3478};
  for (const auto& site : {nat::rendezvous_site{six, std::nullopt}, {first, six}}) {
    auto subject = start(one, site);
    auto hole_to = ask<hole>(world, subject, punch_atom_v, two.key.id());
    BOOST_TEST((hole_to.error == errc::address_not_available));
    auto dialled = ask<connected_stream>(world, subject, dial_atom_v, two.key.id());
    BOOST_TEST((dialled.error == errc::address_not_available));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(who_is_refused_may_ask_again_at_once) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<caf::error> punched;
    std::vector<caf::error> dialled;
    puncher_fixture fixture{seed};
    const auto& one = fixture.one;
    const endpoint place{"0.0.0.0", 4000};
    auto taken = fixture.world.host(one.host).bind(place);
    auto subject = fixture.start(one, {{fixture.middle_host, 1}}, place);
    // Several callers can wait for a hole at a time, but only one for a connection.
    for (int i = 0; i < 3; ++i)
      fixture.insist<hole>(subject, fixture.two.key.id(), 10, punched, punch_atom_v);
    fixture.insist<connected_stream>(subject, fixture.two.key.id(), 10, dialled, dial_atom_v);
    fixture.world.advance(5s);
    BOOST_TEST_CONTEXT("seed " << seed) {
      BOOST_TEST(std::ranges::count(punched, caf::make_error(errc::address_in_use)) == 30);
      BOOST_TEST(std::ranges::count(dialled, caf::make_error(errc::rendezvous_silent)) == 10);
    }
  }
}

BOOST_AUTO_TEST_CASE(holes_are_punched_whatever_is_lost_and_in_whatever_order) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    puncher_fixture fixture{seed};
    fixture.set_everywhere({.latency = 20ms, .datagram_loss = 20});
    fixture.punch();
    BOOST_TEST_CONTEXT("seed " << seed) {
      BOOST_TEST(fixture.at_one.value.has_value());
      BOOST_TEST(fixture.at_two.value.has_value());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
