// SPDX-License-Identifier: BSL-1.0
//
// A handler that does not end even when it is killed, as if it were stuck in a call.
#include "node_fixture.hpp"

#include <caf/actor_companion.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(left_behind_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

/// Spawns actors that keep every message that they are sent, `kill` included, and go on. Each lives
/// as long as it is referred to.
struct deaf_handlers {
  std::vector<caf::actor_addr> spawned;
  std::vector<caf::mailbox_element_ptr> kept;

  handler_factory factory() {
    return [this](caf::actor_system& system, const channel&) {
      auto out = system.spawn<caf::actor_companion>();
      companion_of(out).on_enqueue(
        [this](caf::mailbox_element_ptr x) { kept.push_back(std::move(x)); });
      spawned.push_back(out.address());
      return caf::actor_cast<handler_actor>(out);
    };
  }

  static caf::actor_companion& companion_of(const caf::actor& x) {
    return dynamic_cast<caf::actor_companion&>(*caf::actor_cast<caf::abstract_actor*>(x));
  }
};

bool is_alive(const caf::actor_addr& x) {
  return caf::actor_cast<caf::strong_actor_ptr>(x) != nullptr;
}

/// A node with one place, which has a session with `other`. Of its two handlers one is deaf.
struct fixture {
  deaf_handlers deaf;
  inbox calm;
  inbox writer;
  kit::seeded_random random{5};
  kit::world world;
  std::optional<test_node> subject;
  std::optional<test_node> other;

  explicit fixture(const supervision& supervised = {}) {
    settings limits;
    limits.max_peers = 1;
    limits.dial_ratio = 0;
    limits.max_read_window = 10'000;
    auto protocols = std::vector{make_protocol("calm", 1, 8, collect(&calm)),
                                 make_protocol("test", 1, 8, deaf.factory())};
    protocols[1].supervised = supervised;
    subject.emplace(world, "10.0.0.1", random, std::move(protocols), limits);
    other.emplace(world, "10.0.1.1", random,
                  std::vector{make_protocol("calm", 1, 8, ignore()),
                              make_protocol("test", 1, 8, collect(&writer))});
    BOOST_REQUIRE(meet(world, *other, *subject).value);
    BOOST_REQUIRE(deaf.spawned.size() == 1u);
  }

  /// The messages refer to other actors of the world.
  ~fixture() { deaf.kept.clear(); }

  void close() { world.send(subject->handle, close_atom_v, other->key.id(), reason::requested); }

  /// Writes to the deaf handler.
  void write(std::size_t messages, std::size_t size) {
    const auto& link = *writer.link;
    for (std::size_t i = 0; i < messages; ++i)
      world.send(link.writer, write_atom_v, link.place, packet{0, blob{bytes(size)}});
  }

  std::vector<std::string> killed() const { return subject->log->with("and is killed"); }
  std::vector<std::string> left() const { return subject->log->with("and is left behind"); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_handler_that_does_not_end_even_when_killed)

BOOST_AUTO_TEST_CASE(does_not_delay_the_end_of_its_session) {
  fixture fixture;
  fixture.close();
  BOOST_REQUIRE(fixture.subject->events.dropped.size() == 1u);
  BOOST_TEST(to_string(fixture.subject->events.dropped[0].end.reason) ==
             to_string(reason::requested));
  BOOST_TEST(fixture.subject->events.dropped[0].end.sent);
  BOOST_REQUIRE(fixture.other->events.dropped.size() == 1u);
  BOOST_TEST(fixture.other->events.dropped[0].end.remote_requested);
  BOOST_TEST((fixture.calm.end == errc::session_closed));
  // The place of the session is free before the handler is given up.
  test_node next{fixture.world, "10.0.7.1", fixture.random, test_protocol()};
  BOOST_TEST(ask<peer_info>(fixture.world, next.handle, dial_atom_v, fixture.subject->url)
               .value.has_value());
  BOOST_TEST(fixture.killed().empty());
}

BOOST_AUTO_TEST_CASE(is_left_behind_and_named) {
  fixture fixture;
  fixture.close();
  auto name = "test/1 of the session with " + fixture.other->key.id().brief() + " at ";
  fixture.world.advance(5s - 1ms);
  BOOST_TEST(fixture.killed().empty());
  fixture.world.advance(1ms);
  BOOST_REQUIRE(fixture.killed().size() == 1u);
  BOOST_TEST(fixture.killed()[0].starts_with(name));
  BOOST_TEST(fixture.killed()[0].ends_with("did not end in time, and is killed"));
  fixture.world.advance(5s - 1ms);
  BOOST_TEST(fixture.left().empty());
  BOOST_TEST(is_alive(fixture.deaf.spawned[0]));
  // Two nodes, two subscribers, the supervisor and the handler.
  BOOST_TEST(fixture.world.living() == 6u);
  fixture.world.advance(1ms);
  BOOST_REQUIRE(fixture.left().size() == 1u);
  BOOST_TEST(fixture.left()[0].starts_with(name));
  BOOST_TEST(fixture.left()[0].ends_with("does not end even now, and is left behind"));
  // No actor keeps the handler, and none waits for it.
  fixture.deaf.kept.clear();
  BOOST_TEST(!is_alive(fixture.deaf.spawned[0]));
  BOOST_TEST(fixture.world.living() == 4u);
  fixture.world.advance(1min);
  BOOST_TEST(!fixture.world.timers_pending());
  // No handler that has ended is named, nor is any named twice.
  BOOST_TEST(fixture.killed().size() == 1u);
  BOOST_TEST(fixture.subject->events.dropped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(may_end_after_it_was_left_behind) {
  fixture fixture;
  fixture.close();
  auto kept = caf::actor_cast<caf::actor>(fixture.deaf.spawned[0]);
  fixture.world.advance(10s);
  fixture.deaf.kept.clear();
  BOOST_TEST(fixture.left().size() == 1u);
  BOOST_TEST(fixture.world.living() == 5u);
  deaf_handlers::companion_of(kept).cleanup(caf::exit_reason::kill, nullptr);
  fixture.world.run();
  BOOST_TEST(fixture.world.living() == 4u);
  BOOST_TEST(fixture.subject->events.dropped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_keep_the_node_from_ending_for_longer) {
  fixture fixture;
  caf::anon_send_exit(fixture.subject->handle, caf::exit_reason::user_shutdown);
  fixture.world.advance(10s - 1ms);
  // The node waits for its supervisor. Left are two nodes, two subscribers, the supervisor and the
  // handler.
  BOOST_TEST(fixture.world.living() == 6u);
  fixture.world.advance(1ms);
  BOOST_TEST(fixture.left().size() == 1u);
  fixture.deaf.kept.clear();
  // The other node, and two subscribers.
  BOOST_TEST(fixture.world.living() == 3u);
}

BOOST_AUTO_TEST_CASE(is_replaced_when_it_stalls_and_named_with_its_successor) {
  fixture fixture{{.when_failed = supervision::strategy::restart, .intensity = 1}};
  fixture.write(20, 1000);
  fixture.world.advance(1min);
  BOOST_TEST(fixture.subject->events.dropped.empty());
  BOOST_REQUIRE(fixture.deaf.spawned.size() == 2u);
  BOOST_TEST(is_alive(fixture.deaf.spawned[0]));
  fixture.deaf.kept.clear();
  fixture.close();
  fixture.world.advance(10s);
  BOOST_TEST(fixture.killed().size() == 2u);
  BOOST_TEST(fixture.left().size() == 2u);
  for (const auto& x : fixture.deaf.spawned)
    BOOST_TEST(!is_alive(x));
  BOOST_TEST(fixture.world.living() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
