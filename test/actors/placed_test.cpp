// SPDX-License-Identifier: BSL-1.0
//
// Handlers that move between a loop, which is the test's own thread, and CAF's scheduler.
#include "devp2p/actors/placed.hpp"

#include "loop_by_hand.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/actor_cast.hpp>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(placed_test)

namespace {

using clock = std::chrono::steady_clock;

/// The codes of messages: how long each takes.
constexpr std::uint64_t brief = 0;
constexpr std::uint64_t lengthy = 1;

struct handled {
  std::uint64_t code;
  std::thread::id where;
};

/// Notes each message and the thread that has handled it.
class noting : public handler_actor::base {
public:
  noting(caf::actor_config& config, std::vector<handled>& notes, std::atomic<std::size_t>& count)
    : handler_actor::base(config),
      notes_(notes),
      count_(count) {}

  behavior_type make_behavior() override {
    return {[this](const packet& x) {
      const auto until = clock::now() + 2 * placement::max_short;
      while (x.code == lengthy && clock::now() < until)
        continue;
      notes_.push_back({x.code, std::this_thread::get_id()});
      ++count_;
    }};
  }

private:
  std::vector<handled>& notes_;
  std::atomic<std::size_t>& count_;
};

struct placed_fixture : loop_fixture {
  std::vector<handled> notes;
  std::atomic<std::size_t> count = 0;
  handler_actor subject;

  placed_fixture() {
    unit->add_actor();
    subject = caf::actor_cast<handler_actor>(system.spawn<detail::placed<noting>>(
      static_cast<execution_unit*>(unit.get()), std::ref(notes), std::ref(count)));
    settle();
  }

  ~placed_fixture() {
    caf::weak_actor_ptr watch{caf::actor_cast<caf::strong_actor_ptr>(subject).get()};
    caf::anon_send_exit(subject, caf::exit_reason::kill);
    subject = nullptr;
    while (watch.lock()) // On either thread.
      run_or_yield();
    unit->remove_actor();
  }

  void run_or_yield() {
    if (!loop.run_one())
      std::this_thread::yield();
  }

  void send(std::uint64_t code) { anon_send_to(subject, packet{code, {}}); }

  /// Waits until so many messages have been handled. If it waits for ever, ctest ends the test.
  void await(std::size_t how_many) {
    while (count < how_many)
      run_or_yield();
  }

  /// Returns whether the n-th message was handled on the loop.
  [[nodiscard]] bool on_loop(std::size_t n) const {
    return notes[n].where == std::this_thread::get_id();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_handler, placed_fixture)

BOOST_AUTO_TEST_CASE(begins_on_the_loop) {
  send(brief);
  settle();
  BOOST_TEST_REQUIRE(count == 1u);
  BOOST_TEST(on_loop(0));
}

BOOST_AUTO_TEST_CASE(that_is_slow_moves_with_its_messages) {
  constexpr std::size_t all = 50;
  for (std::size_t i = 0; i < all; ++i)
    send(i % 2 == 0 ? lengthy : brief);
  await(all);
  BOOST_TEST(on_loop(0));
  BOOST_TEST(!on_loop(all - 1));
  // In order, and never back within so short a time.
  for (std::size_t i = 1; i < all; ++i) {
    BOOST_TEST(notes[i].code == (i % 2 == 0 ? lengthy : brief));
    BOOST_TEST((on_loop(i - 1) || !on_loop(i)));
  }
}

BOOST_AUTO_TEST_CASE(that_is_slow_leaves_the_loop_to_others_after_each_step) {
  for (int i = 0; i < 10; ++i)
    send(lengthy);
  BOOST_REQUIRE(loop.run_one());
  // At most the two long messages that made it leave, and what was in the step of the second.
  std::size_t here = 0;
  await(10);
  while (here < 10 && on_loop(here))
    ++here;
  BOOST_TEST(here <= 4u);
}

BOOST_AUTO_TEST_CASE(that_has_moved_is_called_by_the_scheduler_alone) {
  send(lengthy);
  settle();
  send(lengthy);
  settle();
  await(2);
  for (std::size_t i = 2; i < 5; ++i) {
    send(brief);
    while (count <= i)
      std::this_thread::yield();
    BOOST_TEST(!on_loop(i));
  }
  BOOST_TEST(loop.tasks() == 0u);
}

BOOST_AUTO_TEST_CASE(that_is_quick_again_comes_back) {
  send(lengthy);
  send(lengthy);
  await(2);
  std::size_t sent = 2;
  do {
    send(brief);
    await(++sent);
  } while (!on_loop(sent - 1));
  BOOST_TEST(sent > 3u);
}

BOOST_AUTO_TEST_CASE(that_is_quick_again_comes_back_although_it_has_always_messages) {
  send(lengthy);
  send(lengthy);
  await(2);
  std::size_t sent = 2;
  do {
    for (; sent < count + 1000; ++sent)
      send(brief);
    run_or_yield();
  } while (loop.tasks() == 0);
  await(sent);
  BOOST_TEST(on_loop(sent - 1));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
