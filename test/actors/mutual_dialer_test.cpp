// SPDX-License-Identifier: BSL-1.0
#include "punch_fixture.hpp"

#include "devp2p/actors/mutual_dialer.hpp"

namespace devp2p::test {

namespace {

struct dialer_fixture : outcomes<punched_stream>, punch_fixture {
  using punch_fixture::punch_fixture;

  // They must not outlive the network.
  ~dialer_fixture() { at_one.value = at_two.value = std::nullopt; }

  void dial() { meet(at_one, at_two, dial_atom::value); }

  void check_connection() {
    BOOST_REQUIRE(at_one.value);
    BOOST_REQUIRE(at_two.value);
    BOOST_TEST(at_one.value->initiator() == (one.key.id() < two.key.id()));
    BOOST_TEST(at_two.value->initiator() == (two.key.id() < one.key.id()));
    auto left = at_one.value->take();
    auto right = at_two.value->take();
    BOOST_REQUIRE((left && right));
    BOOST_TEST((left->local().port == right->remote().port));
    BOOST_TEST((left->remote().port == right->local().port));
    BOOST_TEST(!at_one.value->take()); // It is there once.
    // What is first on it is ours: no octet of the introduction is left.
    for (auto* from : {&left, &right}) {
      auto& to = from == &left ? right : left;
      (*from)->write_some(as_bytes("hello"));
      world.advance(200ms);
      bytes buffer(10);
      BOOST_TEST(to->read_some(buffer).size == 5u);
      BOOST_TEST((std::string{buffer.begin(), buffer.begin() + 5} == "hello"));
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_mutual_dialer, dialer_fixture)

BOOST_AUTO_TEST_CASE(makes_one_connection_of_which_the_smaller_id_is_the_initiator) {
  dial();
  check_connection();
}

BOOST_AUTO_TEST_CASE(leaves_no_actor_behind) {
  auto living = world.living();
  dial();
  world.run();
  world.advance(2min);
  // Those who have asked for the test have ended, too.
  BOOST_TEST(world.living() == living);
}

BOOST_AUTO_TEST_CASE(waits_for_the_other_side) {
  begin(one, two.key.id(), at_one, dial_atom::value);
  world.advance(7s);
  begin(two, one.key.id(), at_two, dial_atom::value);
  world.advance(3s);
  check_connection();
}

BOOST_AUTO_TEST_CASE(says_that_the_other_side_does_not_come) {
  begin(one, two.key.id(), at_one, dial_atom::value);
  world.advance(11s);
  BOOST_TEST((at_one.error == errc::unknown_to_rendezvous));
}

BOOST_AUTO_TEST_CASE(says_that_the_rendezvous_is_silent) {
  set(one.host, middle_host, {.stalled = true});
  begin(one, two.key.id(), at_one, dial_atom::value);
  world.advance(6s);
  BOOST_TEST((at_one.error == errc::rendezvous_silent));
}

BOOST_AUTO_TEST_CASE(says_so_at_once_if_nobody_is_at_the_rendezvous) {
  caf::anon_send_exit(middle, caf::exit_reason::user_shutdown);
  begin(one, two.key.id(), at_one, dial_atom::value);
  world.advance(100ms);
  BOOST_TEST((at_one.error == errc::rendezvous_silent));
}

BOOST_AUTO_TEST_CASE(says_that_the_other_cannot_be_reached) {
  set(one.host, two.host, {.stalled = true});
  dial();
  BOOST_TEST((at_one.error == errc::punch_timeout));
  BOOST_TEST((at_two.error == errc::punch_timeout));
}

BOOST_AUTO_TEST_CASE(dials_one_node_once_at_a_time) {
  begin(one, two.key.id(), at_one, dial_atom::value);
  world.run();
  auto second = ask<punched_stream>(world, one.handle, dial_atom::value, two.key.id());
  BOOST_TEST((second.error == errc::already_connected));
}

BOOST_AUTO_TEST_CASE(believes_no_connection_that_is_not_confirmed) {
  // Somebody who listens where the other has been seen, and says nothing that is genuine.
  begin(one, two.key.id(), at_one, dial_atom::value);
  begin(two, one.key.id(), at_two, dial_atom::value);
  auto met = [&] { return world.now() > 450ms; };
  world.run_until(met, 1s);
  caf::anon_send_exit(two.handle, caf::exit_reason::user_shutdown);
  world.run();
  const auto role_of_two = one.key.id() < two.key.id() ? nat::side::second : nat::side::first;
  std::vector<std::unique_ptr<net::listener>> doors;
  std::vector<std::unique_ptr<net::stream>> impostors;
  for (std::uint16_t port = 49152; port < 49160; ++port) {
    auto door = world.host(two.host).listen({two.host, port});
    BOOST_REQUIRE(door);
    doors.push_back(std::move(*door));
    doors.back()->accept([&](expected<std::unique_ptr<net::stream>> x) {
      (*x)->write_some(
        nat::encode(nat::probe{.from = role_of_two, .confirmed = true, .number = 1}));
      impostors.push_back(std::move(*x));
    });
  }
  world.advance(20s);
  BOOST_TEST(impostors.size() == 1u);
  BOOST_TEST(!at_one.value);
  BOOST_TEST((at_one.error == errc::punch_timeout));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(mutual_dials_meet_whatever_the_latency_and_the_order) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    for (auto latency : {0ms, 1ms, 20ms, 150ms}) {
      dialer_fixture fixture{seed, latency};
      fixture.dial();
      BOOST_TEST_CONTEXT("seed " << seed << ", " << latency.count() << " ms")
      fixture.check_connection();
    }
}

} // namespace devp2p::test
