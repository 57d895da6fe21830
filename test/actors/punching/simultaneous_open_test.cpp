// SPDX-License-Identifier: BSL-1.0
#include "punch_fixture.hpp"

#include "devp2p/actors/punching/punch_channel.hpp"
#include "devp2p/actors/punching/rendezvous_guest.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/nat/punching/dial_plan.hpp"

#include <random>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(simultaneous_open_test)

namespace {

/// A random source that always returns the same bytes.
struct no_chance : random_source {
  void fill(mutable_byte_view out) override { std::ranges::fill(out, std::uint8_t{42}); }
};

/// A host that listens at the ports at which the other side may have been seen, and sends `what` to
/// each connection.
struct impostor {
  std::vector<std::unique_ptr<net::listener>> doors;
  std::vector<std::unique_ptr<net::stream>> fooled;

  impostor(net::network& host, const std::string& address, const bytes& what) {
    for (std::uint16_t port = 49152; port < 49160; ++port) {
      auto door = host.listen({address, port});
      BOOST_REQUIRE(door);
      doors.push_back(std::move(*door));
      doors.back()->accept([this, what](expected<std::unique_ptr<net::stream>> x) {
        (*x)->write_some(what);
        fooled.push_back(std::move(*x));
      });
    }
  }
};

/// A rendezvous that introduces all guests to the same peer, with the longest delay that it can
/// encode.
struct procrastinator {
  std::unique_ptr<net::listener> door;
  std::unique_ptr<punch_channel> guest;

  explicit procrastinator(net::network& host, const endpoint& at) {
    door = std::move(*host.listen(at));
    door->accept([this](expected<std::unique_ptr<net::stream>> x) {
      guest = std::make_unique<punch_channel>(std::move(*x));
      reply();
    });
  }

  void reply() {
    guest->read([this](const std::optional<nat::punch_datagram>& came) {
      if (!came)
        return;
      auto asked = std::get<nat::question>(*nat::decode_punch_message(*came));
      nat::answer out{.status = nat::answer_status::met, .nonce = asked.nonce};
      out.observed = out.peer = endpoint{"198.51.100.2", 50000};
      out.start_in = decltype(out.start_in)::max();
      if (guest->write(nat::encode(out)))
        reply();
    });
  }
};

/// A random source that fails after `left` calls.
struct running_out : random_source {
  kit::seeded_random source{5};
  unsigned left = 0;
  void fill(mutable_byte_view out) override {
    if (left == 0)
      throw 1;
    --left;
    source.fill(out);
  }
};

struct dialer_fixture : outcomes<connected_stream>, punch_fixture {
  using punch_fixture::punch_fixture;

  // The streams must not outlive the network.
  ~dialer_fixture() { at_one.value = at_two.value = std::nullopt; }

  /// Introduces both sides to each other; then the second ends.
  void leave_one_alone() {
    begin(one, two.key.id(), at_one, dial_atom_v);
    begin(two, one.key.id(), at_two, dial_atom_v);
    world.advance(450ms);
    caf::anon_send_exit(two.handle, caf::exit_reason::user_shutdown);
    world.run();
  }

  void dial() { meet(at_one, at_two, dial_atom_v); }

  /// Has the first side alone begin, and checks that it has failed when `time` has passed.
  void check_failure_of_one(caf::timespan time, errc expected) {
    begin(one, two.key.id(), at_one, dial_atom_v);
    world.advance(time);
    BOOST_TEST((at_one.error == expected));
  }

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
    BOOST_TEST(!at_one.value->take()); // The stream can be taken once.
    // The first data on the stream is ours: no byte of the introduction is left.
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

BOOST_FIXTURE_TEST_SUITE(a_simultaneous_open, dialer_fixture)

BOOST_AUTO_TEST_CASE(waits_for_the_other_however_much_patience_it_is_told_to_have) {
  for (auto patience : {std::chrono::nanoseconds::max(), std::chrono::nanoseconds{48h}}) {
    one.handle = start(one, {first, second}, {"0.0.0.0", 0}, patience);
    dial();
    BOOST_TEST(bool{at_one.value});
    BOOST_TEST(bool{at_two.value});
    begin(one, two.key.id(), at_one = {}, dial_atom_v);
    world.advance(nat::rendezvous_client::max_patience - 1s);
    BOOST_TEST(!at_one.error);
    world.advance(2s);
    BOOST_TEST((at_one.error == errc::unknown_to_rendezvous));
  }
}

BOOST_AUTO_TEST_CASE(that_has_no_chance_fails_and_leaves_others_be) {
  for (auto left : {0u, 1u}) {
    running_out rng;
    puncher_config config{.key = one.key, .rendezvous = {first, second}, .random = &rng};
    one.handle =
      world.adopt(spawn_puncher(world.system(), world.host(one.host), std::move(config)));
    rng.left = left;
    at_one = {};
    begin(one, two.key.id(), at_one, dial_atom_v);
    answer<connected_stream> unheard;
    begin(two, one.key.id(), unheard, dial_atom_v);
    world.advance(15s);
    BOOST_TEST((at_one.error == errc::callback_failed));
    rng.left = 1000;
    dial();
    BOOST_TEST(bool{at_one.value});
    BOOST_TEST(bool{at_two.value});
    at_one.value = at_two.value = std::nullopt;
    caf::anon_send_exit(one.handle, caf::exit_reason::user_shutdown);
    world.run();
  }
}

BOOST_AUTO_TEST_CASE(makes_one_connection_of_which_the_smaller_id_is_the_initiator) {
  dial();
  check_connection();
}

BOOST_AUTO_TEST_CASE(leaves_no_actor_behind) {
  auto living = world.living();
  dial();
  world.run();
  world.advance(2min);
  // The actors that asked for the test have ended, too.
  BOOST_TEST(world.living() == living);
}

BOOST_AUTO_TEST_CASE(waits_for_the_other_side) {
  begin(one, two.key.id(), at_one, dial_atom_v);
  world.advance(7s);
  begin(two, one.key.id(), at_two, dial_atom_v);
  world.advance(3s);
  check_connection();
}

BOOST_AUTO_TEST_CASE(says_that_the_other_side_does_not_come) {
  check_failure_of_one(11s, errc::unknown_to_rendezvous);
}

BOOST_AUTO_TEST_CASE(says_that_the_rendezvous_is_silent) {
  set(one.host, middle_host, {.stalled = true});
  check_failure_of_one(6s, errc::rendezvous_silent);
}

BOOST_AUTO_TEST_CASE(says_so_at_once_if_nobody_is_at_the_rendezvous) {
  caf::anon_send_exit(middle, caf::exit_reason::user_shutdown);
  check_failure_of_one(100ms, errc::rendezvous_silent);
}

BOOST_AUTO_TEST_CASE(says_that_it_cannot_dial_from_there) {
  auto subject = start(one, {first}, {"198.51.100.99", 0});
  auto got = ask<connected_stream>(world, subject, dial_atom_v, two.key.id());
  BOOST_TEST((got.error == errc::address_not_available));
}

BOOST_AUTO_TEST_CASE(dials_the_rendezvous_again_while_it_waits) {
  begin(one, two.key.id(), at_one, dial_atom_v);
  world.advance(2s);
  world.network().cut(one.host, middle_host);
  world.advance(3s);
  begin(two, one.key.id(), at_two, dial_atom_v);
  world.advance(3s);
  check_connection();
}

BOOST_AUTO_TEST_CASE(gives_up_a_rendezvous_that_does_not_come_back) {
  begin(one, two.key.id(), at_one, dial_atom_v);
  world.advance(2s);
  caf::anon_send_exit(middle, caf::exit_reason::user_shutdown);
  world.advance(nat::rendezvous_client::max_silence + 1s);
  BOOST_TEST((at_one.error == errc::rendezvous_silent));
}

BOOST_AUTO_TEST_CASE(waits_longer_than_a_rendezvous_keeps_a_connection) {
  one.handle = start(one, {first, second}, {"0.0.0.0", 0}, 2min);
  begin(one, two.key.id(), at_one, dial_atom_v);
  world.advance(rendezvous_guest::max_age + 5s);
  BOOST_TEST(!at_one.error);
  begin(two, one.key.id(), at_two, dial_atom_v);
  world.advance(3s);
  check_connection();
}

BOOST_AUTO_TEST_CASE(gives_up_in_time_whatever_the_rendezvous_says) {
  const endpoint place{"203.0.113.9", 3478};
  procrastinator other{world.host(place.host), place};
  one.handle = start(one, {place});
  begin(one, two.key.id(), at_one, dial_atom_v);
  world.advance(10s + 2 * nat::dial_plan::max_dialling + 1s);
  BOOST_TEST((at_one.error == errc::punch_timeout));
}

BOOST_AUTO_TEST_CASE(says_that_the_other_cannot_be_reached) {
  set(one.host, two.host, {.stalled = true});
  dial();
  BOOST_TEST((at_one.error == errc::punch_timeout));
  BOOST_TEST((at_two.error == errc::punch_timeout));
}

BOOST_AUTO_TEST_CASE(dials_one_node_once_at_a_time) {
  begin(one, two.key.id(), at_one, dial_atom_v);
  world.run();
  auto second = ask<connected_stream>(world, one.handle, dial_atom_v, two.key.id());
  BOOST_TEST((second.error == errc::already_connected));
}

BOOST_AUTO_TEST_CASE(believes_no_connection_that_is_not_confirmed) {
  leave_one_alone();
  const auto role_of_two = one.key.id() < two.key.id() ? nat::side::second : nat::side::first;
  const auto what = nat::encode(nat::probe{.from = role_of_two, .confirmed = true, .number = 1});
  impostor other{world.host(two.host), two.host, {what.begin(), what.end()}};
  world.advance(20s);
  BOOST_TEST(other.fooled.size() == 1u);
  BOOST_TEST(!at_one.value);
  BOOST_TEST((at_one.error == errc::punch_timeout));
}

BOOST_AUTO_TEST_CASE(believes_no_connection_that_repeats_another) {
  // A rendezvous that gives out the same token every time, and has seen the data sent under it.
  no_chance same;
  const endpoint place{"203.0.113.9", 3478};
  auto crooked =
    world.adopt(spawn_rendezvous(world.system(), world.host(place.host), {.random = &same}));
  anon_send_to(crooked, listen_atom_v, place, endpoint{place.host, 3479});
  one.handle = start(one, {place});
  two.handle = start(two, {place});
  world.network().tap(two.host, one.host);
  dial();
  check_connection();
  auto said = world.network().tapped(two.host, one.host);
  BOOST_REQUIRE(said.size() == 1u);
  at_one = at_two = {};
  world.advance(nat::rendezvous_server::max_meeting + 5s);
  leave_one_alone();
  impostor other{world.host(two.host), two.host, said[0]};
  world.advance(20s);
  BOOST_TEST(other.fooled.size() > 0u);
  BOOST_TEST(!at_one.value);
  BOOST_TEST((at_one.error == errc::punch_timeout));
}

BOOST_AUTO_TEST_SUITE_END()

// LeakSanitizer would report the actor.
BOOST_AUTO_TEST_CASE(a_dial_that_nobody_waits_for_leaves_no_actor_behind) {
  dialer_fixture fixture;
  anon_send_to(fixture.one.handle, dial_atom_v, fixture.two.key.id());
  fixture.world.advance(nat::rendezvous_client::max_patience + 2s);
}

BOOST_AUTO_TEST_CASE(simultaneous_opens_meet_whatever_the_latency_and_the_order) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    for (auto latency : {0ms, 1ms, 20ms, 150ms}) {
      dialer_fixture fixture{seed, latency};
      fixture.dial();
      BOOST_TEST_CONTEXT("seed " << seed << ", " << latency.count() << " ms")
      fixture.check_connection();
    }
}

BOOST_AUTO_TEST_CASE(simultaneous_opens_meet_although_a_neighbour_asks_too_much) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    dialer_fixture fixture{seed};
    auto& world = fixture.world;
    // The neighbour has the same address, and returns its cookie.
    auto socket = std::move(*world.host(fixture.one.host).bind({fixture.one.host, 5000}));
    nat::question asked{.nonce = {9}, .name = {8}};
    socket->receive([&](const endpoint&, byte_view content) {
      auto told = std::get<nat::answer>(*nat::decode_punch_message(content));
      if (told.status == nat::answer_status::challenge)
        asked.cookie = told.secret;
    });
    std::mt19937_64 rng{seed};
    std::exponential_distribution<double> gap{75};
    auto crowd_for = [&](caf::timespan time) {
      const auto end = world.now() + time;
      while (world.now() < end) {
        socket->send(fixture.first, nat::encode(asked));
        world.advance(caf::timespan{static_cast<std::int64_t>(gap(rng) * 1e9)});
      }
    };
    crowd_for(8s);
    fixture.begin(fixture.one, fixture.two.key.id(), fixture.at_one, dial_atom_v);
    crowd_for(7s);
    fixture.begin(fixture.two, fixture.one.key.id(), fixture.at_two, dial_atom_v);
    crowd_for(5s);
    BOOST_TEST_CONTEXT("seed " << seed)
    fixture.check_connection();
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
