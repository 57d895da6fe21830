// SPDX-License-Identifier: BSL-1.0
//
// Sessions whose handlers fail, by the strategy that their protocol has chosen.
#include "two_nodes.hpp"

#include "devp2p/actors/reason_for.hpp"
#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/messages/caf.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <stdexcept>
#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(supervision_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;
using strategy = supervision::strategy;

/// The actions that a message may ask of a fragile handler.
enum class wish : std::uint64_t { answer, fail, leave, part, keep };

/// A handler that does what it is asked, and answers with the number of its restarts.
struct fragile {
  std::vector<unsigned> spawned;
  std::vector<packet> kept;

  handler_factory factory() {
    return [this](caf::actor_system& system, const channel& link) -> handler_actor {
      spawned.push_back(link.place.restarts);
      auto behavior = [this, link](handler_actor::pointer self) -> handler_actor::behavior_type {
        return {[=, this](const packet& x) {
          switch (static_cast<wish>(x.code)) {
          case wish::answer:
            return link.send(self,
                             {0, blob{bytes{static_cast<std::uint8_t>(link.place.restarts)}}});
          case wish::fail:
            throw std::runtime_error{"on purpose"};
          case wish::leave:
            return self->quit();
          case wish::part:
            return self->quit(local_disconnect(reason::useless_peer));
          case wish::keep:
            kept.push_back(x);
          }
        }};
      };
      return system.spawn(behavior);
    };
  }
};

/// `left` has a fragile handler for `test` beside a robust one for `calm`; `right` provokes it.
struct supervision_fixture {
  fragile handler;
  inbox calm_left;
  inbox calm_right;
  inbox test_right;
  kit::seeded_random random{1};
  kit::world world;
  std::optional<test_node> left;
  std::optional<test_node> right;

  void start(supervision chosen, const settings& limits = {}) {
    auto test = make_protocol("test", 1, 8, handler.factory());
    test.supervised = chosen;
    left.emplace(world, "10.0.0.1", random,
                 std::vector{test, make_protocol("calm", 1, 8, collect(&calm_left))}, limits);
    right.emplace(world, "10.0.0.2", random,
                  std::vector{make_protocol("test", 1, 8, collect(&test_right)),
                              make_protocol("calm", 1, 8, collect(&calm_right))});
    BOOST_REQUIRE(meet(world, *left, *right).value);
  }

  void provoke(wish what, std::size_t size = 0) {
    world.send(test_right.link->writer, write_atom_v, test_right.link->place,
               packet{static_cast<std::uint64_t>(what), blob{bytes(size, 0xaa)}});
  }

  bool runs() const { return left->events.dropped.empty() && right->events.dropped.empty(); }

  shared_protocol told() {
    auto peers = ask<std::vector<peer_info>>(world, left->handle, peers_atom_v).value.value();
    return peers.at(0).protocols.at(1);
  }

  void the_calm_protocol_goes_on() {
    auto before = calm_left.packets.size();
    world.send(calm_right.link->writer, write_atom_v, calm_right.link->place,
               packet{1, blob{as_bytes("still here?")}});
    BOOST_TEST(calm_left.packets.size() == before + 1);
    BOOST_TEST((calm_left.end == caf::error{}));
  }

  void ended_with(reason expected) {
    BOOST_REQUIRE(left->events.dropped.size() == 1u);
    BOOST_REQUIRE(right->events.dropped.size() == 1u);
    BOOST_TEST(to_string(left->events.dropped[0].end.reason) == to_string(expected));
    BOOST_TEST(to_string(right->events.dropped[0].end.reason) == to_string(expected));
    BOOST_TEST(right->events.dropped[0].end.remote_requested);
    world.advance(1min);
    // Two nodes, two subscribers.
    BOOST_TEST(world.living() == 4u);
  }
};

/// Two nodes that share the protocol `test`: `left` has the handler that is tested, and `sender`
/// writes to it.
struct one_protocol {
  inbox sender;
  kit::seeded_random random{1};
  kit::world world;
  test_node left;
  test_node right{world, "10.0.0.2", random, {make_protocol("test", 1, 8, collect(&sender))}};

  explicit one_protocol(handler_factory tested, const supervision& supervised = {},
                        const kit::world_options& options = {})
    : world(options),
      left(world, "10.0.0.1", random, {make(std::move(tested), supervised)}) {
    BOOST_REQUIRE(meet(world, left, right).value);
  }

  static protocol make(handler_factory tested, const supervision& supervised) {
    auto out = make_protocol("test", 1, 8, std::move(tested));
    out.supervised = supervised;
    return out;
  }

  shared_protocol told() {
    auto peers = ask<std::vector<peer_info>>(world, left.handle, peers_atom_v).value.value();
    return peers.at(0).protocols.at(0);
  }
};

const supervision restarted{.when_failed = strategy::restart, .intensity = 3};

handler_factory ignore_all() {
  return handled_by([](handler_actor::pointer, const channel&) {
    return handler_actor::behavior_type{[](const packet&) {}};
  });
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_handler_that_fails, supervision_fixture)

BOOST_AUTO_TEST_CASE(ends_the_session_unless_its_protocol_says_otherwise) {
  start({});
  provoke(wish::fail);
  ended_with(reason::subprotocol_error);
  BOOST_TEST(handler.spawned.size() == 1u);
}

// Detach

BOOST_AUTO_TEST_CASE(may_be_done_without) {
  start({.when_failed = strategy::detach});
  provoke(wish::fail);
  BOOST_TEST(runs());
  the_calm_protocol_goes_on();
  for (int i = 0; i < 3; ++i)
    provoke(wish::answer);
  BOOST_TEST(test_right.packets.empty());
  BOOST_TEST(handler.spawned.size() == 1u);
  BOOST_TEST(told().detached);
  // The message that the handler died of came in, too. The others found no handler.
  BOOST_TEST(told().counts.messages_in == 4u);
  BOOST_TEST(told().counts.messages_discarded == 3u);
  BOOST_TEST(left->log->with("goes on without it").size() == 1u);
}

BOOST_AUTO_TEST_CASE(may_be_done_without_when_it_returns) {
  start({.when_failed = strategy::detach});
  provoke(wish::leave);
  BOOST_TEST(runs());
  the_calm_protocol_goes_on();
}

BOOST_AUTO_TEST_CASE(is_written_for_no_more_once_it_is_detached) {
  start({.when_failed = strategy::detach});
  channel link = *calm_left.link;
  provoke(wish::fail);
  auto refused =
    ask<caf::unit_t>(world, link.writer, write_atom_v, writer_place{1, 0}, packet{0, {}});
  BOOST_TEST((refused.error == errc::handler_detached));
  BOOST_TEST(test_right.packets.empty());
}

BOOST_AUTO_TEST_CASE(takes_the_session_along_if_it_is_the_last) {
  auto test = make_protocol("test", 1, 8, handler.factory());
  test.supervised.when_failed = strategy::detach;
  left.emplace(world, "10.0.0.1", random, std::vector{test});
  right.emplace(world, "10.0.0.2", random,
                std::vector{make_protocol("test", 1, 8, collect(&test_right))});
  BOOST_REQUIRE(meet(world, *left, *right).value);
  provoke(wish::fail);
  ended_with(reason::subprotocol_error);
}

BOOST_AUTO_TEST_CASE(ends_the_session_with_the_reason_that_it_names_whatever_the_strategy) {
  for (auto chosen : {strategy::detach, strategy::restart}) {
    supervision_fixture fresh;
    fresh.start({.when_failed = chosen, .intensity = 9});
    fresh.provoke(wish::part);
    fresh.ended_with(reason::useless_peer);
  }
}

// Restart

BOOST_AUTO_TEST_CASE(may_be_restarted_and_is_told_so) {
  start({.when_failed = strategy::restart, .intensity = 2, .period = 10s});
  provoke(wish::fail);
  provoke(wish::answer);
  BOOST_TEST(runs());
  BOOST_REQUIRE(test_right.packets.size() == 1u);
  BOOST_TEST(test_right.packets[0].payload.data()[0] == 1);
  BOOST_TEST((handler.spawned == std::vector<unsigned>{0, 1}));
  BOOST_TEST(told().restarts == 1u);
  BOOST_TEST(!told().detached);
  the_calm_protocol_goes_on();
  BOOST_TEST(left->log->with("restarted").size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_restarted_no_more_often_than_its_budget_allows) {
  start({.when_failed = strategy::restart, .intensity = 2, .period = 10s});
  provoke(wish::fail);
  world.advance(4s);
  provoke(wish::fail);
  world.advance(4s);
  BOOST_TEST(runs());
  provoke(wish::fail);
  BOOST_TEST((handler.spawned == std::vector<unsigned>{0, 1, 2}));
  ended_with(reason::subprotocol_error);
}

BOOST_AUTO_TEST_CASE(is_restarted_again_when_a_period_has_passed) {
  start({.when_failed = strategy::restart, .intensity = 1, .period = 10s});
  for (int i = 0; i < 5; ++i) {
    provoke(wish::fail);
    world.advance(10s);
  }
  BOOST_TEST(runs());
  BOOST_TEST(handler.spawned.size() == 6u);
}

BOOST_AUTO_TEST_CASE(is_not_restarted_when_it_returns) {
  start({.when_failed = strategy::restart, .intensity = 9});
  provoke(wish::leave);
  ended_with(reason::client_quitting);
}

BOOST_AUTO_TEST_CASE(is_restarted_with_a_window_of_its_own_if_it_stalls) {
  settings limits;
  limits.max_read_window = 10000;
  start({.when_failed = strategy::restart, .intensity = 1, .period = 1min}, limits);
  for (int i = 0; i < 20; ++i)
    provoke(wish::keep, 1000);
  auto held = handler.kept.size();
  BOOST_TEST(held < 12u);
  world.advance(1min);
  BOOST_TEST(runs());
  BOOST_TEST((handler.spawned == std::vector<unsigned>{0, 1}));
  BOOST_TEST(told().stalls == 1u);
  // The messages that had to wait have gone to the next handler, whatever the last one still holds.
  BOOST_TEST(handler.kept.size() > held);
}

BOOST_AUTO_TEST_CASE(does_not_write_in_the_name_of_the_one_that_took_its_place) {
  start({.when_failed = strategy::restart, .intensity = 1});
  provoke(wish::fail);
  BOOST_REQUIRE((handler.spawned == std::vector<unsigned>{0, 1}));
  // A write of the old handler, when it comes back from the call in which it was stuck.
  auto late = ask<caf::unit_t>(world, calm_left.link->writer, write_atom_v, writer_place{1, 0},
                               packet{0, {}});
  BOOST_TEST((late.error == errc::handler_detached));
  BOOST_TEST(test_right.packets.empty());
  auto next = ask<caf::unit_t>(world, calm_left.link->writer, write_atom_v, writer_place{1, 1},
                               packet{0, {}});
  BOOST_TEST(next.value.has_value());
  BOOST_TEST(test_right.packets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(may_write_as_soon_as_it_is_restarted) {
  inbox peer;
  kit::seeded_random random{1};
  kit::world world;
  auto eager = make_protocol("test", 1, 8, [](caf::actor_system& system, const channel& link) {
    link.post(packet{link.place.restarts, {}});
    return caf::actor_cast<handler_actor>(
      system.spawn([](handler_actor::pointer) -> handler_actor::behavior_type {
        return {[](const packet&) { throw std::runtime_error{"on purpose"}; }};
      }));
  });
  eager.supervised = {strategy::restart, 1, 10s};
  test_node left{world, "10.0.0.1", random, {eager}};
  test_node right{world, "10.0.0.2", random, {make_protocol("test", 1, 8, collect(&peer))}};
  BOOST_REQUIRE(meet(world, left, right).value);
  world.send(peer.link->writer, write_atom_v, peer.link->place, packet{0, {}});
  BOOST_REQUIRE(peer.packets.size() == 2u);
  BOOST_TEST(peer.packets[0].code == 0u);
  BOOST_TEST(peer.packets[1].code == 1u);
}

BOOST_AUTO_TEST_CASE(is_not_restarted_for_ever_if_it_stalls_again_and_again) {
  settings limits;
  limits.max_read_window = 10000;
  start({.when_failed = strategy::restart, .intensity = 2}, limits);
  for (int i = 0; i < 100; ++i)
    provoke(wish::keep, 1000);
  world.advance(10min);
  BOOST_TEST((handler.spawned == std::vector<unsigned>{0, 1, 2}));
  ended_with(reason::subprotocol_error);
}

BOOST_AUTO_TEST_CASE(is_done_without_if_it_stalls) {
  settings limits;
  limits.max_read_window = 10000;
  start({.when_failed = strategy::detach}, limits);
  for (int i = 0; i < 20; ++i)
    provoke(wish::keep, 1000);
  world.advance(1min);
  BOOST_TEST(runs());
  BOOST_TEST(told().detached);
  BOOST_TEST(told().counts.messages_in == 20u);
  the_calm_protocol_goes_on();
}

BOOST_AUTO_TEST_CASE(waits_longer_and_longer_before_it_is_restarted_and_says_so_once_a_second) {
  inbox calm[2];
  std::vector<caf::timespan> tries;
  kit::seeded_random random{1};
  kit::world world;
  auto broken =
    make_protocol("test", 1, 8, [&](caf::actor_system&, const channel&) -> handler_actor {
      tries.push_back(world.now());
      throw std::runtime_error{"the database is away"};
    });
  broken.supervised = {.when_failed = strategy::restart, .intensity = 4'000'000'000u};
  test_node left{
    world, "10.0.0.1", random, {broken, make_protocol("calm", 1, 8, collect(&calm[0]))}};
  test_node right{
    world,
    "10.0.0.2",
    random,
    {make_protocol("test", 1, 8, ignore_all()), make_protocol("calm", 1, 8, collect(&calm[1]))}};
  BOOST_REQUIRE(meet(world, left, right).value);
  // The first try and one more come at once; then no turn of the loop has more than one.
  BOOST_TEST(tries.size() == 2u);
  world.advance(10s);
  for (std::size_t i = 2; i < tries.size(); ++i) {
    auto full = std::min<caf::timespan>(10ms * (1 << std::min<std::size_t>(i - 2, 10)), 5s);
    BOOST_TEST((tries[i] - tries[i - 1] >= full / 2));
    BOOST_TEST((tries[i] - tries[i - 1] <= full));
  }
  BOOST_TEST(tries.size() > 8u);
  BOOST_TEST(tries.size() < 16u);
  BOOST_TEST(left.log->with("the database is away").size() <= 10u);
  BOOST_TEST(!left.log->with("times more since the last such line").empty());
  // The other protocol goes on.
  world.send(calm[1].link->writer, write_atom_v, calm[1].link->place, packet{1, {}});
  BOOST_TEST(calm[0].packets.size() == 1u);
  BOOST_TEST(left.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(leaves_messages_behind_that_are_counted_as_discarded) {
  auto once = [](handler_actor::pointer, const channel& link) -> handler_actor::behavior_type {
    return {[first = link.place.restarts == 0](const packet&) {
      if (first)
        throw std::runtime_error{"once"};
    }};
  };
  one_protocol nodes{handled_by(once), restarted};
  for (int i = 0; i < 100; ++i)
    nodes.sender.link->post(packet{0, {}});
  nodes.world.run();
  const auto told = nodes.told();
  BOOST_TEST(told.counts.messages_in == 100u);
  BOOST_TEST(told.restarts == 1u);
  // The handler died of one message. How many had come by then depends on the scheduler, but some
  // had.
  BOOST_TEST(told.counts.messages_discarded >= 50u);
  BOOST_TEST(told.counts.messages_discarded <= 99u);
}

/// Messages between the end of a handler and the next one count, too, whichever actor runs first.
BOOST_AUTO_TEST_CASE(leaves_no_message_uncounted) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      unsigned handled = 0;
      auto behavior = [&](handler_actor::pointer, const channel&) -> handler_actor::behavior_type {
        return {[&](const packet&) {
          if (++handled == 3)
            throw std::runtime_error{"on purpose"};
        }};
      };
      one_protocol nodes{handled_by(behavior), restarted, {.seed = seed}};
      for (int i = 0; i < 40; ++i)
        nodes.sender.link->post(packet{0, blob{bytes(3000, 1)}});
      nodes.world.run();
      const auto counts = nodes.told().counts;
      BOOST_TEST(counts.messages_in == handled + counts.messages_discarded);
    }
}

BOOST_AUTO_TEST_CASE(that_throws_is_quoted_in_the_end_of_its_session) {
  auto thrower = [](handler_actor::pointer, const channel&) -> handler_actor::behavior_type {
    return {[](const packet&) { throw std::runtime_error{"block 7 is missing"}; }};
  };
  one_protocol nodes{handled_by(thrower)};
  const auto& left = nodes.left;
  const auto& right = nodes.right;
  nodes.sender.link->post(packet{0, {}});
  nodes.world.run();
  BOOST_REQUIRE(left.events.dropped.size() == 1u);
  const auto& end = left.events.dropped[0].end;
  BOOST_TEST(end.error == "test/1: the handler failed: block 7 is missing");
  BOOST_TEST((end.code == errc::handler_failed));
  BOOST_REQUIRE(right.events.dropped.size() == 1u);
  BOOST_TEST((right.events.dropped[0].end.code == errc::remote_disconnect));
}

namespace {

struct broken_meter : traffic_meter {
  void on_received(const capability&, std::size_t) override {
    throw std::runtime_error{"no counter"};
  }
  void on_sent(const capability&, std::size_t) override {
    if (sends)
      throw 7;
  }
  bool sends = false;
};

/// Two nodes with a session. The first has a handler that fails each time it is spawned.
struct failing_at_once {
  using spawn_function = std::function<handler_actor(caf::actor_system&)>;

  unsigned tries = 0;
  kit::seeded_random random{1};
  inbox calm[2];
  inbox away;
  kit::world world;
  test_node one;
  test_node two;

  failing_at_once(const supervision& supervised, const spawn_function& spawn,
                  const settings& limits = {})
    : one(world, "10.0.0.1", random,
          {make(supervised, spawn), make_protocol("calm", 1, 8, collect(&calm[0]))}, limits),
      two(world, "10.0.0.2", random,
          {make_protocol("test", 1, 8, collect(&away)),
           make_protocol("calm", 1, 8, collect(&calm[1]))},
          limits) {
    BOOST_REQUIRE(meet(world, one, two).value);
  }

  protocol make(const supervision& supervised, const spawn_function& spawn) {
    auto out = make_protocol("test", 1, 8, [=, this](caf::actor_system& system, const channel&) {
      ++tries;
      return spawn(system);
    });
    out.supervised = supervised;
    return out;
  }
};

/// Spawns handlers that quit at once with `why`.
failing_at_once::spawn_function quitting(caf::error why) {
  return [why = std::move(why)](caf::actor_system& system) -> handler_actor {
    return system.spawn([why](handler_actor::pointer self) -> handler_actor::behavior_type {
      self->quit(why);
      return {[](const packet&) {}};
    });
  };
}

} // namespace

/// The stack of the loop does not grow with each try, either.
BOOST_AUTO_TEST_CASE(that_cannot_be_spawned_waits_whatever_the_period_is) {
  const failing_at_once::spawn_function throwing = [](auto&) -> handler_actor {
    throw std::runtime_error{"on purpose"};
  };
  for (const auto& spawn : {throwing, quitting(caf::make_error(caf::sec::runtime_error))}) {
    failing_at_once nodes{
      {.when_failed = strategy::restart, .intensity = 4'000'000'000u, .period = 0s}, spawn};
    BOOST_TEST(nodes.tries < 5u);
    nodes.world.advance(1min);
    BOOST_TEST(nodes.tries > 10u);
    BOOST_TEST(nodes.tries < 50u);
  }
}

BOOST_AUTO_TEST_CASE(is_not_to_blame_for_a_meter_that_throws) {
  for (bool sends : {false, true}) {
    inbox mine;
    inbox peer;
    kit::seeded_random random{1};
    kit::world world;
    auto meter = std::make_shared<broken_meter>();
    meter->sends = sends;
    test_node left{world,
                   "10.0.0.1",
                   random,
                   {make_protocol("test", 1, 8, collect(&mine))},
                   {},
                   {},
                   [&](node_config& x) { x.meter = meter; }};
    test_node right{world, "10.0.0.2", random, {make_protocol("test", 1, 8, collect(&peer))}};
    BOOST_REQUIRE(meet(world, left, right).value);
    const auto& writer = sends ? mine : peer;
    for (int i = 0; i < 3; ++i)
      writer.link->post(packet{0, {}});
    world.run();
    // The session ends by it, once; the node goes on.
    BOOST_REQUIRE(left.events.dropped.size() == 1u);
    BOOST_TEST((left.events.dropped[0].end.code == errc::callback_failed));
    BOOST_TEST(left.events.dropped[0].end.error ==
               "a callback of the application has thrown an exception: the traffic meter" +
                 std::string{sends ? "" : ": no counter"});
    BOOST_TEST(right.events.dropped.size() == 1u);
    world.advance(10s);
    BOOST_TEST(ask<node_info>(world, left.handle, info_atom_v).value.has_value());
  }
}

/// Returns the number of tries of a handler that fails at once with `why`.
unsigned tries_of(const supervision& supervised, const settings& limits, const caf::error& why) {
  failing_at_once nodes{supervised, quitting(why), limits};
  nodes.world.advance(1min);
  return nodes.tries;
}

BOOST_AUTO_TEST_CASE(waits_for_ever_if_it_is_told_to) {
  constexpr auto ever = settings::duration::max();
  BOOST_TEST(tries_of({.when_failed = strategy::restart,
                       .intensity = 9,
                       .period = ever,
                       .min_pause = ever,
                       .max_pause = ever},
                      {}, caf::make_error(caf::sec::runtime_error)) == 2u);
}

/// The budget holds although each stall takes for ever to be noticed.
BOOST_AUTO_TEST_CASE(has_a_budget_for_stalls_whatever_the_ping_interval_is) {
  settings limits;
  limits.ping_interval = settings::duration::max();
  BOOST_TEST(tries_of({.when_failed = strategy::restart, .intensity = 3}, limits,
                      caf::make_error(errc::handler_stalled)) == 4u);
}

BOOST_AUTO_TEST_CASE(that_cannot_be_spawned_is_retried_within_its_budget_or_done_without) {
  for (auto chosen : {strategy::detach, strategy::restart}) {
    inbox calm[2];
    inbox test;
    int tries = 0;
    kit::seeded_random random{1};
    kit::world world;
    auto broken =
      make_protocol("test", 1, 8, [&](caf::actor_system&, const channel&) -> handler_actor {
        ++tries;
        throw std::runtime_error{"no handler today"};
      });
    broken.supervised = {chosen, 3, 10s};
    test_node left{
      world, "10.0.0.1", random, {broken, make_protocol("calm", 1, 8, collect(&calm[0]))}};
    test_node right{world,
                    "10.0.0.2",
                    random,
                    {make_protocol("test", 1, 8, collect(&test)),
                     make_protocol("calm", 1, 8, collect(&calm[1]))}};
    // The session goes on meanwhile.
    BOOST_TEST(meet(world, left, right).value.has_value());
    world.advance(5s);
    BOOST_TEST(left.events.dropped.empty() == (chosen == strategy::detach));
    BOOST_TEST(tries == (chosen == strategy::detach ? 1 : 4));
  }
}

BOOST_AUTO_TEST_SUITE_END()

// The end of a session

BOOST_AUTO_TEST_CASE(a_handler_that_ignores_its_end_is_killed_and_named) {
  auto stubborn = kit::misbehaving({.what = kit::misbehaviour::is_stubborn});
  inbox peer;
  kit::seeded_random random{1};
  kit::world world;
  test_node left{world, "10.0.0.1", random, {make_protocol("test", 1, 8, stubborn)}};
  test_node right{world, "10.0.0.2", random, {make_protocol("test", 1, 8, collect(&peer))}};
  BOOST_REQUIRE(meet(world, left, right).value);
  world.send(left.handle, close_atom_v, right.key.id(), reason::requested);
  world.advance(5s);
  auto lines = left.log->with("did not end in time, and is killed");
  BOOST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].starts_with("test/1 of the session with " + right.key.id().brief()));
  BOOST_TEST(world.living() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
