// SPDX-License-Identifier: BSL-1.0
//
// One pinger serves all sessions of a node on a loop.
#include "raw_fixture.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <caf/actor_cast.hpp>
#include <caf/local_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <deque>
#include <set>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(pinger_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

settings for_many() {
  settings out;
  out.max_peers = out.max_pending = 1000;
  out.dial_ratio = 0;
  return out;
}

/// A node and many remotes, which answer no Ping unless told to.
struct fixture : raw_fixture {
  fixture() : raw_fixture(for_many()) {}

  std::deque<kit::raw_remote> remotes;
  /// The pingers that had something to do.
  std::set<caf::strong_actor_ptr> pingers;

  void meet_more(int count) {
    for (int i = 0; i < count; ++i) {
      auto number = remotes.size();
      auto& next = remotes.emplace_back(
        world, "10.1." + std::to_string(number / 200) + "." + std::to_string(number % 200 + 1),
        random);
      BOOST_REQUIRE(next.meet(node.url.address, node.key.id(), {{"test", 1}}));
    }
  }

  /// Lets time pass, and looks for pingers.
  void watch(caf::timespan by) {
    auto& jobs = dynamic_cast<caf::scheduler::test_coordinator&>(world.system().scheduler()).jobs;
    auto look = [&] {
      for (auto* x : jobs)
        if (auto* actor = dynamic_cast<caf::local_actor*>(x);
            actor && std::string_view{actor->name()} == "pinger")
          pingers.insert(caf::actor_cast<caf::strong_actor_ptr>(actor));
      return false;
    };
    world.run_until(look, by);
    world.run();
  }

  /// Kills the pinger. The world does not run yet.
  void kill_pinger() {
    BOOST_REQUIRE(pingers.size() == 1u);
    caf::anon_send_exit(caf::actor_cast<caf::actor>(*pingers.begin()), caf::exit_reason::kill);
    pingers.clear();
  }

  static std::size_t pings(const kit::raw_remote& at) {
    return static_cast<std::size_t>(
      std::count_if(at.received().begin(), at.received().end(),
                    [](const auto& x) { return x.id == p2p::ping_id; }));
  }

  /// Returns whether each remote has received that many Pings.
  bool all_have(std::size_t expected) const {
    return std::all_of(remotes.begin(), remotes.end(),
                       [=](const auto& x) { return pings(x) == expected; });
  }

  void answer_all() {
    for (auto& x : remotes)
      x.send(p2p::pong_id, p2p::ping_payload);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_pinger, fixture)

BOOST_AUTO_TEST_CASE(serves_all_sessions_of_its_node) {
  const auto before = world.living();
  meet_more(3);
  // A supervisor, a peer and a handler for each session.
  BOOST_TEST(world.living() == before + 3 * 3 + 1);
  watch(15s);
  BOOST_TEST(pingers.size() == 1u);
  BOOST_TEST(all_have(1));
  answer_all();
  watch(15s);
  BOOST_TEST(pingers.size() == 1u);
  BOOST_TEST(all_have(2));
}

/// More than are told in one turn.
BOOST_AUTO_TEST_CASE(reaches_each_of_many_in_each_interval) {
  meet_more(150);
  for (std::size_t interval = 1; interval <= 4; ++interval) {
    watch(15s);
    BOOST_TEST(all_have(interval));
    answer_all();
  }
  BOOST_TEST(node.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(ends_only_the_session_whose_remote_is_silent) {
  meet_more(2);
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(node.events.dropped.empty());
    watch(15s);
    remotes[1].send(p2p::pong_id, p2p::ping_payload);
  }
  BOOST_REQUIRE(node.events.dropped.size() == 1u);
  const auto& found = node.events.dropped[0];
  BOOST_TEST((found.id == remotes[0].key().id()));
  BOOST_TEST(to_string(found.end.reason) == to_string(reason::ping_timeout));
  BOOST_TEST(found.end.sent);
  BOOST_TEST(found.end.error == describe(caf::make_error(errc::ping_timeout)));
}

BOOST_AUTO_TEST_CASE(ends_with_its_last_session_at_once) {
  const auto before = world.living();
  meet_more(2);
  watch(15s);
  for (const auto& x : remotes) {
    BOOST_TEST(world.living() > before);
    world.send(node.handle, close_atom_v, x.key().id(), reason::requested);
  }
  BOOST_TEST(node.events.dropped.size() == 2u);
  for (const auto& x : pingers)
    BOOST_TEST(x->get()->getf(caf::abstract_actor::is_terminated_flag));
  remotes.clear();
  world.advance(3s);
  BOOST_TEST(world.living() == before);
  // The next session has another.
  meet_more(1);
  watch(15s);
  BOOST_TEST(all_have(1));
}

BOOST_AUTO_TEST_CASE(that_is_killed_is_followed_by_another) {
  meet_more(3);
  const auto living = world.living();
  watch(15s);
  BOOST_TEST(all_have(1));
  answer_all();
  kill_pinger();
  world.run();
  BOOST_TEST(world.living() == living);
  BOOST_TEST(node.events.dropped.empty());
  // No interval is missed.
  watch(15s);
  BOOST_TEST(pingers.size() == 1u);
  BOOST_TEST(all_have(2));
}

/// The silence before the kill counts.
BOOST_AUTO_TEST_CASE(that_is_killed_forgets_no_silence) {
  meet_more(1);
  watch(30s);
  kill_pinger();
  watch(14s);
  BOOST_TEST(node.events.dropped.empty());
  watch(1s);
  BOOST_REQUIRE(node.events.dropped.size() == 1u);
  BOOST_TEST(to_string(node.events.dropped[0].end.reason) == to_string(reason::ping_timeout));
}

BOOST_AUTO_TEST_CASE(that_is_killed_may_lose_its_last_session_meanwhile) {
  const auto before = world.living();
  meet_more(1);
  watch(15s);
  kill_pinger();
  world.send(node.handle, close_atom_v, remotes[0].key().id(), reason::requested);
  remotes.clear();
  world.advance(3s);
  BOOST_TEST(world.living() == before);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
