// SPDX-License-Identifier: BSL-1.0
//
// The far end of a remote handler, which is in the handler's process. The test plays the near end.
#include "two_nodes.hpp"

#include "devp2p/actors/read_window.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/messages/caf.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/actor_companion.hpp>

#include <stdexcept>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(far_end_test)

namespace {

using namespace std::chrono_literals;

/// The reports that a near end has received.
struct reports {
  std::vector<delivery> all;
};

near_end_actor::behavior_type listen(near_end_actor::pointer, reports* out) {
  return {
    [](const packet&) {},
    [=](const delivery& now) { out->all.push_back(now); },
    [](resume_atom) {},
  };
}

/// Ends only when it is killed.
handler_actor::behavior_type stubborn(handler_actor::pointer self, const channel&, inbox* out) {
  self->set_exit_handler([](const caf::exit_msg&) {});
  self->attach_functor([out](const caf::error& why) { out->end = why; });
  return {[out](const packet& x) { out->packets.push_back(x); }};
}

/// A handler that does not end even when it is killed: it drops all messages.
handler_actor deaf(caf::actor_system& system, const channel&) {
  return caf::actor_cast<handler_actor>(system.spawn<caf::actor_companion>());
}

/// Two messages of this size are a fifth of the credit.
constexpr std::size_t size = 1000 - read_window::overhead;
constexpr std::uint64_t credit = 10'000;

struct fixture {
  inbox box;
  reports heard;
  std::optional<caf::error> end;
  kit::world world;
  handler_host_actor host;
  near_end_actor near;
  far_end_actor far;

  /// A handler that writes into `box`.
  using behavior = handler_actor::behavior_type (*)(handler_actor::pointer, const channel&, inbox*);
  explicit fixture(behavior of_handler) : fixture(handled_by(of_handler, &box)) {}

  explicit fixture(const handler_factory& spawn = nullptr) {
    host = world.adopt(host_handlers(world.system(), spawn ? spawn : collect(&box)));
    near = world.spawn(listen, &heard);
    auto answer = ask(near);
    BOOST_REQUIRE(answer.value);
    far = *answer.value;
    far->attach_functor([this](const caf::error& why) { end = why; });
  }

  answer<far_end_actor> ask(const near_end_actor& who) {
    return test::ask<far_end_actor>(world, host, spawn_atom_v, channel{}, who, credit);
  }

  /// Sends that number of messages, in one batch.
  void bring(std::size_t messages) {
    std::vector<packet> batch(messages, packet{0, blob{bytes(size)}});
    world.send(far, std::move(batch));
  }

  void kill(const near_end_actor& who) {
    caf::anon_send_exit(who, caf::exit_reason::kill);
    world.run();
  }

  [[nodiscard]] delivery last() const {
    BOOST_REQUIRE(!heard.all.empty());
    return heard.all.back();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_far_end)

BOOST_AUTO_TEST_CASE(reports_what_has_arrived_by_quarters_of_the_credit) {
  fixture fixture;
  fixture.bring(2);
  BOOST_TEST(fixture.heard.all.empty());
  fixture.bring(1);
  BOOST_REQUIRE(fixture.heard.all.size() == 1u);
  BOOST_TEST(fixture.last().arrived == 3000u);
  BOOST_TEST(fixture.last().released == 0u);
  fixture.bring(2);
  BOOST_TEST(fixture.heard.all.size() == 1u);
  fixture.bring(1);
  BOOST_TEST(fixture.last().arrived == 6000u);
}

BOOST_AUTO_TEST_CASE(reports_what_was_let_go_of_and_what_is_held_from_time_to_time) {
  fixture fixture;
  fixture.bring(2);
  fixture.world.advance(999ms);
  BOOST_TEST(fixture.heard.all.empty());
  fixture.world.advance(1ms);
  BOOST_REQUIRE(fixture.heard.all.size() == 1u);
  BOOST_TEST(fixture.last().arrived == 2000u);
  BOOST_TEST(fixture.last().released == 0u);
  fixture.box.packets.clear();
  fixture.world.run();
  BOOST_TEST(fixture.last().released == 2000u);
  // The handler holds no payload, so the far end reports no more.
  fixture.world.advance(2s);
  const auto told = fixture.heard.all.size();
  fixture.world.advance(1min);
  BOOST_TEST(fixture.heard.all.size() == told);
  BOOST_TEST(!fixture.world.timers_pending());
}

BOOST_AUTO_TEST_CASE(is_not_hurt_by_words_that_are_its_own) {
  fixture fixture;
  fixture.bring(1);
  for (int i = 0; i < 10; ++i) {
    // No tick is due, and the handler is not ending.
    fixture.world.send(fixture.far, tick_atom_v);
    fixture.world.send(fixture.far, close_atom_v);
  }
  BOOST_TEST(fixture.heard.all.empty());
  BOOST_TEST(!fixture.end);
  fixture.world.send(fixture.far, resume_atom_v);
  BOOST_TEST(fixture.heard.all.size() == 1u);
  // Messages of its own are not delayed by these, either.
  fixture.world.advance(1s);
  BOOST_TEST(fixture.heard.all.size() == 2u);
  fixture.bring(1);
  BOOST_TEST(fixture.box.packets.size() == 2u);
}

BOOST_AUTO_TEST_CASE(is_not_hastened_to_its_end_by_words_that_are_its_own) {
  fixture fixture{stubborn};
  caf::anon_send_exit(fixture.near, caf::exit_reason::user_shutdown);
  fixture.world.run();
  fixture.world.advance(4s);
  fixture.world.send(fixture.far, close_atom_v);
  BOOST_TEST(!fixture.box.end);
  fixture.world.advance(1s);
  BOOST_TEST((fixture.box.end == caf::exit_reason::kill));
}

BOOST_AUTO_TEST_CASE(brings_nothing_any_more_once_its_session_is_over) {
  fixture fixture{stubborn};
  fixture.bring(1);
  caf::anon_send_exit(fixture.near, caf::exit_reason::user_shutdown);
  fixture.world.run();
  const auto told = fixture.heard.all.size();
  fixture.bring(9);
  fixture.world.send(fixture.far, resume_atom_v);
  BOOST_TEST(fixture.box.packets.size() == 1u);
  // At its tick, too, it finds that it has no near end to report to.
  fixture.world.advance(2s);
  BOOST_TEST(fixture.heard.all.size() == told);
  BOOST_TEST(!fixture.end);
}

BOOST_AUTO_TEST_CASE(kills_its_handler_at_once_if_the_near_end_was_killed) {
  fixture fixture{stubborn};
  fixture.kill(fixture.near);
  // The node kills the near end if the handler has stalled.
  BOOST_TEST((fixture.box.end == caf::exit_reason::kill));
  BOOST_TEST((fixture.end == caf::exit_reason::kill));
}

BOOST_AUTO_TEST_CASE(that_is_told_to_end_tells_its_handler_why) {
  fixture fixture;
  caf::anon_send_exit(fixture.far, caf::exit_reason::user_shutdown);
  fixture.world.run();
  BOOST_TEST((fixture.box.end == caf::exit_reason::user_shutdown));
  BOOST_TEST((fixture.end == caf::exit_reason::user_shutdown));
}

BOOST_AUTO_TEST_CASE(that_is_told_to_end_twice_gives_no_more_time) {
  fixture fixture{stubborn};
  caf::anon_send_exit(fixture.far, caf::exit_reason::user_shutdown);
  fixture.world.advance(4s);
  fixture.kill(fixture.near);
  caf::anon_send_exit(fixture.far, caf::exit_reason::user_shutdown);
  fixture.world.advance(999ms);
  BOOST_TEST(!fixture.box.end);
  fixture.world.advance(1ms);
  BOOST_TEST((fixture.box.end == caf::exit_reason::kill));
}

BOOST_AUTO_TEST_CASE(that_is_killed_takes_its_handler_along) {
  fixture fixture{stubborn};
  caf::anon_send_exit(fixture.far, caf::exit_reason::kill);
  fixture.world.run();
  BOOST_TEST((fixture.box.end == caf::exit_reason::kill));
}

BOOST_AUTO_TEST_CASE(leaves_a_handler_behind_that_does_not_end_even_when_killed) {
  fixture fixture{deaf};
  const auto before = fixture.world.living();
  caf::anon_send_exit(fixture.near, caf::exit_reason::user_shutdown);
  fixture.world.run();
  BOOST_TEST(fixture.world.living() == before - 1);
  fixture.world.advance(10s - 1ms);
  BOOST_TEST(!fixture.end);
  fixture.world.advance(1ms);
  BOOST_TEST((fixture.end == errc::session_closed));
  // The handler is gone, too: no actor refers to it any more.
  BOOST_TEST(fixture.world.living() == before - 3);
  BOOST_TEST(!fixture.world.timers_pending());
}

BOOST_AUTO_TEST_CASE(does_not_end_with_who_is_neither_of_its_two) {
  fixture fixture;
  reports unheard;
  auto stranger = fixture.world.spawn(listen, &unheard);
  anon_send_to(caf::actor_cast<caf::actor>(fixture.far),
               caf::down_msg{stranger.address(), caf::exit_reason::kill});
  fixture.world.run();
  fixture.bring(3);
  BOOST_TEST(fixture.heard.all.size() == 1u);
  BOOST_TEST(!fixture.end);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_host_of_handlers)

BOOST_AUTO_TEST_CASE(spawns_none_for_nobody) {
  fixture fixture;
  fixture.box.link.reset();
  auto refused = fixture.ask(near_end_actor{});
  BOOST_TEST(!refused.value);
  BOOST_TEST(
    describe(refused.error) ==
    describe(caf::make_error(errc::handler_failed, "the request names no near end to report to")));
  BOOST_TEST(!fixture.box.link.has_value());
}

BOOST_AUTO_TEST_CASE(says_so_if_it_does_not_know_what_was_thrown) {
  auto odd = false;
  inbox box;
  fixture fixture{[&](caf::actor_system& system, const channel& link) -> handler_actor {
    if (odd)
      throw 7;
    return collect(&box)(system, link);
  }};
  odd = true;
  auto refused = fixture.ask(fixture.near);
  BOOST_TEST(describe(refused.error) ==
             describe(caf::make_error(errc::handler_failed, "an exception of an unknown type")));
  // The host goes on.
  odd = false;
  BOOST_TEST(fixture.ask(fixture.near).value.has_value());
}

BOOST_AUTO_TEST_CASE(that_is_killed_ends_its_handlers_in_good_order) {
  fixture fixture;
  caf::anon_send_exit(fixture.host, caf::exit_reason::kill);
  fixture.world.run();
  BOOST_TEST((fixture.box.end == caf::exit_reason::user_shutdown));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_remote_handler)

BOOST_AUTO_TEST_CASE(needs_a_factory_over_there) {
  kit::world world;
  BOOST_CHECK_THROW((void)host_handlers(world.system(), {}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(without_a_host_is_none) {
  kit::world world;
  BOOST_TEST(!handled_remotely(handler_host_actor{})(world.system(), channel{}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
