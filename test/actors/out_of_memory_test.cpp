// SPDX-License-Identifier: BSL-1.0
//
// Each allocation in the life of a session fails once. That session may end by it; no other session
// does, and no actor is left behind.
#include "devp2p/messages/caf.hpp"

#include "../failing_new.hpp"
#include "node_fixture.hpp"
#include "tree_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <dlfcn.h>
#include <execinfo.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace {

/// The number of allocations until one fails, that one included. None fails while it is zero.
std::size_t left = 0;
bool has_failed = false;

/// Returns true for CAF's clock, which may crash after such a failure (CAF 0.17.6), and for its
/// scheduler, which then forgets an actor.
bool belongs_to_caf(std::string_view symbol) {
  return symbol.find("actor_clock") != symbol.npos ||
         symbol.find("test_coordinator") != symbol.npos;
}

/// Returns true for the scheduler and the network that a test has instead of real ones: their
/// allocations do not fail.
bool belongs_to_the_test(std::string_view symbol) {
  if (belongs_to_caf(symbol))
    return true;
  constexpr std::string_view prefixes[] = {
    "devp2p3kit",      "devp2p3net6memory", "devp2p3net12accept",  "devp2p3net14connection",
    "devp2p3net4line", "devp2p3net5event",  "devp2p3net8datagram", "devp2p3net12single"};
  return std::ranges::any_of(prefixes, [&](auto x) { return symbol.find(x) < 8; });
}

/// Returns the function that allocates: the innermost function on the stack that belongs to the
/// project, or to those parts of CAF.
std::string_view who_allocates() {
  std::array<void*, 64> frames{};
  auto count = ::backtrace(frames.data(), frames.size());
  for (int i = 0; i < count; ++i) {
    Dl_info where{};
    if (::dladdr(frames[static_cast<std::size_t>(i)], &where) == 0 || where.dli_sname == nullptr)
      continue;
    std::string_view name = where.dli_sname;
    if (name.find("6devp2p") < 8 || belongs_to_caf(name))
      return name;
  }
  return {};
}

} // namespace

bool must_fail(std::size_t) {
  if (left == 0 || --left > 0)
    return false;
  // To look at the stack needs allocations. None of them fails, because `left` is zero.
  has_failed = true;
  return !belongs_to_the_test(who_allocates());
}

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(out_of_memory_test)

namespace {

using namespace std::chrono_literals;

/// A node that holds a session with a companion, and is dialled by another node.
struct short_of_memory {
  node_fixture fixture;
  /// The companion's end of its session.
  std::optional<channel> link;
  std::unique_ptr<test_node> companion =
    std::make_unique<test_node>(fixture.world, "10.0.1.1", fixture.random,
                                std::vector{make_protocol("test", 1, 8, handled_by(note, &link))});
  std::unique_ptr<test_node> subject = fixture.another(2);
  std::size_t actors = 0;

  short_of_memory() {
    BOOST_REQUIRE(fixture.dial(*companion, fixture.subject.url).value);
    actors = fixture.world.living();
    has_failed = false;
  }

  static handler_actor::behavior_type note(handler_actor::pointer, const channel& where,
                                           std::optional<channel>* into) {
    *into = where;
    return {[](const packet&) {}};
  }

  /// Runs the world while the allocation of that number fails.
  void run_without(std::size_t number) {
    anon_send_to(subject->handle, dial_atom_v, fixture.subject.url);
    left = number;
    run();
    auto rest = std::exchange(left, 0);
    close();
    left = rest;
    run();
    left = 0;
    // The request to close may have been dropped.
    close();
    fixture.world.advance(1min);
  }

  [[nodiscard]] bool has_ended() const {
    return caf::actor_cast<caf::abstract_actor*>(fixture.subject.handle)
      ->getf(caf::abstract_actor::is_terminated_flag);
  }

  void close() {
    anon_send_to(fixture.subject.handle, close_atom_v, subject->key.id(),
                 disconnect_reason::requested);
  }

  void run() {
    while (run_one())
      ;
  }

  bool run_one() {
    try {
      return fixture.world.run_one();
    } catch (const std::bad_alloc&) {
      return true; // CAF throws it when it reports the end of an actor.
    }
  }
};

/// Makes a request, and lets one allocation fail until it is answered: each in turn. Also sees that
/// the companion's peer does not outlive the node. Returns the number of allocations. `ask(self,
/// all)` makes the request, and returns its response handle; `Answer` is what the answer holds.
template <class... Answer, class Ask>
std::size_t all_are_answered(Ask ask) {
  for (std::size_t number = 1;; ++number) {
    BOOST_TEST_CONTEXT("without allocation " << number) {
      caf::weak_actor_ptr peer;
      bool answered = false;
      {
        short_of_memory all;
        peer = caf::actor_cast<caf::weak_actor_ptr>(all.link->writer);
        all.fixture.world.system().spawn([&](caf::event_based_actor* self) {
          ask(self, all).then([&](const Answer&...) { answered = true; },
                              [&](const caf::error&) { answered = true; });
        });
        all.run_one();
        left = number;
        all.run();
        left = 0;
        if (!has_failed)
          return number;
        all.fixture.world.advance(10min);
      }
      BOOST_TEST(answered);
      BOOST_TEST(!peer.lock());
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_node_out_of_memory)

BOOST_AUTO_TEST_CASE(loses_no_more_than_one_session) {
  std::size_t number = 1;
  for (;; ++number) {
    BOOST_TEST_CONTEXT("without allocation " << number) {
      short_of_memory all;
      all.run_without(number);
      if (!has_failed)
        break;
      BOOST_TEST(all.companion->events.dropped.empty());
      BOOST_TEST(all.fixture.info().peers == 1u);
      // An actor of the test itself may have ended by it.
      BOOST_TEST(all.fixture.world.living() <= all.actors);
      // The next session gets its place.
      BOOST_TEST(all.fixture.dial(*all.subject, all.fixture.subject.url).value.has_value());
      // The node ends when it is told to, whatever has become of its sessions.
      caf::anon_send_exit(all.fixture.subject.handle, caf::exit_reason::user_shutdown);
      all.fixture.world.advance(2min);
      BOOST_TEST(all.has_ended());
    }
  }
  BOOST_TEST(number > 300u);
}

BOOST_AUTO_TEST_CASE(takes_its_sessions_along_when_it_is_killed) {
  std::size_t number = 1;
  for (;; ++number) {
    BOOST_TEST_CONTEXT("without allocation " << number) {
      short_of_memory all;
      BOOST_REQUIRE(all.fixture.dial(*all.subject, all.fixture.subject.url).value);
      caf::anon_send_exit(all.fixture.subject.handle, caf::exit_reason::kill);
      left = number;
      all.run();
      left = 0;
      all.fixture.world.advance(2min);
      BOOST_TEST(all.has_ended());
      // Two nodes, their subscribers, and that of the killed one.
      BOOST_TEST(all.fixture.world.living() <= 5u);
      if (!has_failed)
        break;
    }
  }
  BOOST_TEST(number > 20u);
}

BOOST_AUTO_TEST_CASE(answers_whoever_dials) {
  BOOST_TEST(all_are_answered<peer_info>([](auto* self, const short_of_memory& all) {
               return request_from(self, all.subject->handle, caf::infinite, dial_atom_v,
                                   all.fixture.subject.url);
             }) > 200u);
}

BOOST_AUTO_TEST_CASE(answers_whoever_dials_a_peer) {
  BOOST_TEST(all_are_answered<peer_info>([](auto* self, const short_of_memory& all) {
               return request_from(self, all.companion->handle, caf::infinite, dial_atom_v,
                                   all.fixture.subject.url);
             }) > 10u);
}

BOOST_AUTO_TEST_CASE(answers_whoever_asks_for_its_peers) {
  BOOST_TEST(all_are_answered<std::vector<peer_info>>([](auto* self, const short_of_memory& all) {
               return request_from(self, all.fixture.subject.handle, caf::infinite, peers_atom_v);
             }) > 10u);
}

BOOST_AUTO_TEST_CASE(answers_whoever_writes_a_message) {
  BOOST_TEST(all_are_answered([](auto* self, const short_of_memory& all) {
               return all.link->write(self, packet{0, blob{bytes(10)}});
             }) > 10u);
}

BOOST_AUTO_TEST_CASE(answers_whoever_ends_a_session) {
  BOOST_TEST(all_are_answered([](auto* self, const short_of_memory& all) {
               return request_from(self, all.fixture.subject.handle, caf::infinite, close_atom_v,
                                   all.companion->key.id(), disconnect_reason::requested);
             }) > 10u);
}

BOOST_AUTO_TEST_SUITE_END()

/// Each allocation fails once while a group is restarted, and then while the tree ends.
BOOST_AUTO_TEST_CASE(a_supervision_tree_out_of_memory_loses_no_child) {
  auto run = [](tree_fixture& all) {
    for (;;)
      try {
        if (!all.world.run_one())
          return;
      } catch (const std::bad_alloc&) {
        continue; // CAF throws it when it reports the end of an actor.
      }
  };
  std::size_t number = 1;
  for (auto failed = true; failed; ++number) {
    BOOST_TEST_CONTEXT("without allocation " << number) {
      tree_fixture all;
      auto tree = all.spawn(all.abc(restart_strategy::one_for_all));
      auto victim = all.diary.running.find("b")->second;
      has_failed = false;
      caf::anon_send_exit(caf::actor_cast<caf::actor>(victim), caf::exit_reason::kill);
      left = number;
      run(all);
      auto rest = std::exchange(left, 0);
      all.world.advance(1min);
      BOOST_TEST(all.diary.running.size() == 3u);
      BOOST_TEST((all.diary.running.find("b")->second != victim));
      tree_fixture::stop(tree);
      left = rest;
      run(all);
      left = 0;
      all.world.advance(1min);
      BOOST_TEST(all.diary.running.empty());
      BOOST_TEST(all.world.living() == 0u);
      failed = has_failed;
    }
  }
  BOOST_TEST(number > 30u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
