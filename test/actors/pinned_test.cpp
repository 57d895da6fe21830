// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/pinned.hpp"

#include "loop_by_hand.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(pinned_test)

namespace {

/// A handler that stays on its loop.
class pinned_handler : public pinned<handler_actor::base> {
public:
  using function = std::function<behavior_type(handler_actor::pointer)>;

  pinned_handler(caf::actor_config& config, std::shared_ptr<loop_unit> unit, function behavior)
    : pinned(config, std::move(unit)),
      behavior_(std::move(behavior)) {}

  behavior_type make_behavior() override { return std::exchange(behavior_, nullptr)(this); }

private:
  function behavior_;
};

struct pinned_fixture : loop_fixture {
  handler_actor spawn(const pinned_handler::function& behavior) {
    return caf::actor_cast<handler_actor>(system.spawn<pinned_handler>(unit, behavior));
  }

  /// Spawns a handler that counts its messages.
  handler_actor spawn_counter(int& count) {
    return spawn([&count](handler_actor::pointer) -> handler_actor::behavior_type {
      return {[&count](const packet&) { ++count; }};
    });
  }

  void end(const handler_actor& which) {
    caf::anon_send_exit(which, caf::exit_reason::kill);
    settle();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(actors_of_a_loop, pinned_fixture)

BOOST_AUTO_TEST_CASE(are_woken_together) {
  int count = 0;
  auto first = spawn_counter(count);
  auto second = spawn_counter(count);
  settle();
  for (int i = 0; i < 10; ++i) {
    anon_send_to(first, packet{});
    anon_send_to(second, packet{});
  }
  BOOST_TEST(loop.tasks() == 1u);
  settle();
  BOOST_TEST(count == 20);
  end(first);
  end(second);
}

BOOST_AUTO_TEST_CASE(that_others_make_ready_have_their_turn_at_once) {
  int count = 0;
  auto second = spawn_counter(count);
  auto first = spawn([=](handler_actor::pointer self) -> handler_actor::behavior_type {
    return {[=](const packet& x) { send_to(self, second, x); }};
  });
  settle();
  anon_send_to(first, packet{});
  loop.run_one();
  BOOST_TEST(count == 1);
  BOOST_TEST(loop.tasks() == 0u);
  end(first);
  end(second);
}

BOOST_AUTO_TEST_CASE(that_keep_each_other_busy_leave_the_sockets_their_turn) {
  int rounds = 0;
  auto pass_on = [&](handler_actor::pointer self) -> handler_actor::behavior_type {
    return {[self, &rounds](const packet& x) {
      ++rounds;
      send_to(self, self, x);
    }};
  };
  auto busy = spawn(pass_on);
  settle();
  anon_send_to(busy, packet{});
  for (int i = 0; i < 3; ++i) {
    auto before = rounds;
    loop.run_one();
    BOOST_TEST(loop.tasks() == 1u);
    BOOST_TEST(rounds > before);
  }
  end(busy);
}

BOOST_AUTO_TEST_CASE(have_their_turn_when_a_callback_of_the_network_is_over) {
  int count = 0;
  auto actor = spawn_counter(count);
  settle();
  loop.run([&] {
    loop_unit::turn turn{unit};
    anon_send_to(actor, packet{});
    BOOST_TEST(count == 0);
  });
  BOOST_TEST(count == 1);
  BOOST_TEST(loop.tasks() == 0u);
  end(actor);
}

BOOST_AUTO_TEST_CASE(handle_what_one_socket_brings_before_the_next_is_read) {
  int count = 0;
  auto actor = spawn_counter(count);
  settle();
  // A wake-up of the actor is now due, but comes only when all sockets were read.
  anon_send_to(actor, packet{});
  for (int socket = 1; socket <= 3; ++socket) {
    loop.run([&] {
      loop_unit::turn turn{unit};
      for (int i = 0; i < 300; ++i)
        anon_send_to(actor, packet{});
    });
    BOOST_TEST(count == 1 + 300 * socket);
  }
  settle(); // On a busy machine, the last turn may have been cut short.
  BOOST_TEST(loop.tasks() == 0u);
  end(actor);
}

namespace {

/// Sends itself messages of which the first is due in an hour.
struct sleeper : pinned<handler_actor::base> {
  sleeper(caf::actor_config& config, std::shared_ptr<loop_unit> unit, int& count)
    : pinned(config, std::move(unit)),
      count(count) {}
  behavior_type make_behavior() override {
    for (int i = 1; i <= 3; ++i)
      send_later(std::chrono::hours{i}, packet{});
    return {[this](const packet&) {
      if (++count == 2)
        drop_timers();
    }};
  }
  int& count;
};

} // namespace

BOOST_AUTO_TEST_CASE(get_later_what_they_send_themselves_until_they_drop_it) {
  int count = 0;
  auto patient = caf::actor_cast<handler_actor>(system.spawn<sleeper>(unit, std::ref(count)));
  settle();
  BOOST_REQUIRE(loop.later.size() == 3u);
  for (int runs = 1; runs <= 2; ++runs) {
    auto due = loop.later.extract(loop.later.begin());
    due.mapped()();
    settle();
    BOOST_TEST(count == runs);
  }
  BOOST_TEST(loop.later.empty());
  end(patient);
}

BOOST_AUTO_TEST_CASE(leave_no_timer_behind_that_keeps_their_memory) {
  int count = 0;
  auto spawned = caf::actor_cast<handler_actor>(system.spawn<sleeper>(unit, std::ref(count)));
  settle();
  BOOST_TEST(loop.later.size() == 3u);
  end(spawned);
  BOOST_TEST(loop.later.empty());
  auto gone = caf::actor_cast<caf::strong_actor_ptr>(spawned);
  spawned = nullptr;
  // Only this test still holds the actor, and only the actor its memory.
  BOOST_TEST(gone->strong_refs == 1u);
  BOOST_TEST(gone->weak_refs == 1u);
}

BOOST_AUTO_TEST_CASE(stay_alive_without_a_handle_until_they_end) {
  struct stayer : pinned<handler_actor::base> {
    using pinned::pinned;
    behavior_type make_behavior() override {
      stay_alive();
      return {[this](const packet&) { quit(); }};
    }
  };
  auto spawned = caf::actor_cast<caf::strong_actor_ptr>(system.spawn<stayer>(unit));
  caf::weak_actor_ptr stays{spawned.get()};
  settle();
  spawned = nullptr;
  auto alive = caf::actor_cast<handler_actor>(stays.lock());
  BOOST_REQUIRE(alive);
  anon_send_to(alive, packet{});
  alive = nullptr;
  settle();
  BOOST_TEST(!stays.lock());
}

BOOST_AUTO_TEST_CASE(have_one_unit_for_each_loop) {
  loop_by_hand other;
  loop_units units{unit};
  BOOST_TEST(!units.of(nullptr, system));
  BOOST_TEST((units.of(&loop, system) == unit));
  auto made = units.of(&other, system);
  BOOST_TEST((made && made != unit && &made->loop() == &other));
  BOOST_TEST((units.of(&other, system) == made));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
