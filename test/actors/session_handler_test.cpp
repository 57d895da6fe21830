// SPDX-License-Identifier: BSL-1.0
//
// The effects of a handler's actions on its session.
#include "raw_fixture.hpp"
#include "session_fixture.hpp"

#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/messages/caf.hpp"

#include <stdexcept>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(session_handler_test)

namespace {

using namespace std::chrono_literals;
using kit::misbehaviour;
using reason = disconnect_reason;

/// A handler that misbehaves at the first message, and echoes all others.
handler_factory misbehaving(kit::misbehaviour what) {
  // The code is one past the last code of the protocol.
  return kit::misbehaving({.what = what, .when = kit::at_message{1}, .code = 8});
}

/// `left` has the given handler, which acts when a message comes from `right`.
struct misbehaving_fixture {
  explicit misbehaving_fixture(handler_factory handler)
    : left(world, "10.0.0.1", random, {make_protocol("test", 1, 8, std::move(handler))}),
      right(world, "10.0.0.2", random, {make_protocol("test", 1, 8, collect(&peer))}) {
    BOOST_REQUIRE(meet(world, left, right).value);
  }

  void provoke_and_expect(reason expected) {
    world.send(peer.link->writer, write_atom_v, writer_place{0, 0}, text(0, "now"));
    session_fixture::check_end(left, right, expected);
  }

  inbox peer;
  kit::seeded_random random{1};
  kit::world world;
  test_node left;
  test_node right;
};

void expect_end(misbehaviour how, reason expected) {
  misbehaving_fixture{misbehaving(how)}.provoke_and_expect(expected);
}

/// Sends back the number of messages so far, as the code.
class counting_handler : public handler_actor::base {
public:
  counting_handler(caf::actor_config& config, channel link, std::uint64_t first)
    : handler_actor::base(config),
      link_(std::move(link)),
      count_(first) {}

  behavior_type make_behavior() override {
    return {[this](const packet&) { link_.send(this, {count_++, {}}); }};
  }

private:
  channel link_;
  std::uint64_t count_;
};

struct counter {
  std::uint64_t count = 0;

  counter() {}
};

handler_actor::behavior_type count(handler_actor::stateful_pointer<counter> self,
                                   const channel& link, std::uint64_t first) {
  state_of(self).count = first;
  return {[=](const packet&) { link.send(self, {state_of(self).count++, {}}); }};
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_handler)

BOOST_AUTO_TEST_CASE(may_be_a_class_or_have_a_state_wherever_it_lives) {
  for (const auto& factory :
       {handled_by<counting_handler>(std::uint64_t{3}), handled_by(count, std::uint64_t{3}),
        handled_on_scheduler_by<counting_handler>(std::uint64_t{3}),
        handled_on_scheduler_by(count, std::uint64_t{3})}) {
    misbehaving_fixture fixture{factory};
    for (std::uint64_t code : {3, 4}) {
      fixture.world.send(fixture.peer.link->writer, write_atom_v, writer_place{0, 0}, text(0, "?"));
      BOOST_TEST_REQUIRE(!fixture.peer.packets.empty());
      BOOST_TEST(fixture.peer.packets.back().code == code);
    }
  }
}

BOOST_AUTO_TEST_CASE(that_throws_ends_the_session_with_subprotocol_error) {
  expect_end(misbehaviour::throws, reason::subprotocol_error);
}

BOOST_AUTO_TEST_CASE(that_quits_ends_the_session_with_client_quitting) {
  expect_end(misbehaviour::returns, reason::client_quitting);
}

BOOST_AUTO_TEST_CASE(that_could_not_decode_a_message_ends_the_session_with_breach_of_protocol) {
  expect_end(misbehaviour::breaks_protocol, reason::breach_of_protocol);
}

BOOST_AUTO_TEST_CASE(that_sends_a_code_out_of_range_ends_by_its_own_error) {
  expect_end(misbehaviour::writes_unknown_code, reason::breach_of_protocol);
}

BOOST_AUTO_TEST_CASE(may_write_as_soon_as_it_is_spawned) {
  auto writes_even_before = [](caf::actor_system& system, const channel& link) -> handler_actor {
    link.post(text(2, "even before"));
    return system.spawn(eager, link);
  };
  misbehaving_fixture fixture{writes_even_before};
  BOOST_REQUIRE(fixture.peer.packets.size() == 2u);
  BOOST_TEST((fixture.peer.packets[0] == text(2, "even before")));
  BOOST_TEST((fixture.peer.packets[1] == text(3, "at once")));
}

BOOST_AUTO_TEST_CASE(that_cannot_be_spawned_ends_the_session_with_subprotocol_error) {
  inbox peer;
  kit::seeded_random random{1};
  kit::world world;
  auto broken = [](caf::actor_system&, const channel&) -> handler_actor {
    throw std::runtime_error{"no handler today"};
  };
  test_node left{world, "10.0.0.1", random, {make_protocol("test", 1, 8, broken)}};
  test_node right{world, "10.0.0.2", random, {make_protocol("test", 1, 8, collect(&peer))}};
  // The caller that dialled gets the error, and no session.
  BOOST_TEST((meet(world, left, right).error == errc::handler_failed));
  BOOST_REQUIRE(left.events.failed.size() == 1u);
  const auto& here = left.events.failed[0].end;
  BOOST_TEST(to_string(here.reason) == to_string(reason::subprotocol_error));
  BOOST_TEST(here.error == "test/1: the handler failed: no handler today");
  BOOST_REQUIRE(right.events.dropped.size() == 1u);
  BOOST_TEST(to_string(right.events.dropped[0].end.reason) == to_string(reason::subprotocol_error));
  // The slot of the session is free.
  BOOST_TEST(ask<node_info>(world, left.handle, info_atom_v).value->peers == 0u);
}

BOOST_AUTO_TEST_CASE(that_does_not_end_with_its_session_is_killed) {
  misbehaving_fixture fixture{kit::misbehaving({.what = misbehaviour::is_stubborn})};
  anon_send_to(fixture.left.handle, close_atom_v, fixture.right.key.id(), reason::requested);
  fixture.world.advance(4s);
  // The supervisor still waits for the handler.
  BOOST_TEST(fixture.world.living() == 6u);
  fixture.world.advance(2s);
  BOOST_TEST(fixture.world.living() == 4u);
}

BOOST_AUTO_TEST_CASE(that_hoards_stops_the_reading_until_it_lets_go) {
  settings limits;
  limits.max_read_window = 10000;
  session_fixture fixture{limits};
  fixture.write_hundred();
  fixture.world.run();
  auto held = fixture.right_test.packets.size();
  BOOST_TEST(held >= 8u);
  BOOST_TEST(held <= 11u);
  for (int i = 0; i < 100 && fixture.right_test.packets.size() < 100; ++i) {
    for (auto& x : fixture.right_test.packets)
      x.payload = {};
    fixture.world.run();
  }
  BOOST_TEST(fixture.right_test.packets.size() == 100u);
}

BOOST_AUTO_TEST_CASE(that_hoards_for_ever_is_what_the_session_ends_by) {
  settings limits;
  limits.max_read_window = 10000;
  session_fixture fixture{limits};
  fixture.write_hundred();
  fixture.world.advance(59s);
  BOOST_TEST(fixture.right.events.dropped.empty());
  fixture.world.advance(1s);
  session_fixture::check_end(fixture.right, fixture.left, reason::subprotocol_error);
  BOOST_TEST(fixture.right.events.dropped[0].end.error ==
             "test/1: the handler has stalled: it releases no message");
}

BOOST_AUTO_TEST_CASE(that_is_slow_but_goes_on_is_waited_for) {
  settings limits;
  limits.max_read_window = 3000;
  session_fixture fixture{limits};
  fixture.write_hundred();
  for (int i = 0; i < 40; ++i) {
    fixture.world.advance(10s);
    for (auto& x : fixture.right_test.packets)
      x.payload = {};
  }
  BOOST_TEST(fixture.right.events.dropped.empty());
  BOOST_TEST(fixture.left.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(that_writes_faster_than_the_remote_reads_fails) {
  settings limits;
  limits.max_write_queue = 1 << 20;
  raw_fixture fixture{limits};
  BOOST_REQUIRE(fixture.meet());
  fixture.remote.stop_reading();
  packet drop{0, blob{fixture.incompressible(100000)}};
  int refused = 0;
  for (int i = 0; i < 30; ++i)
    if (fixture.request(drop).error == errc::write_queue_full)
      ++refused;
  // The messages that fit into the queue, and into a gathered write or two, were taken.
  BOOST_TEST(refused >= 15);
  BOOST_TEST(refused <= 20);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
