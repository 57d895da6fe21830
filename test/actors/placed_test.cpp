// SPDX-License-Identifier: BSL-1.0
//
// Handlers that move between a loop, which is the test's own thread, and CAF's scheduler.
#include "devp2p/actors/placed.hpp"

#include "loop_by_hand.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>
#include <caf/scoped_actor.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <stdexcept>
#include <thread>
#include <utility>
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
      unit.get(), nullptr, true, std::ref(notes), std::ref(count)));
    settle();
  }

  ~placed_fixture() {
    kill(std::move(subject));
    unit->remove_actor();
  }

  void kill(handler_actor who) {
    caf::weak_actor_ptr watch{caf::actor_cast<caf::strong_actor_ptr>(who).get()};
    caf::anon_send_exit(who, caf::exit_reason::kill);
    who = nullptr;
    while (watch.lock()) // On either thread.
      run_or_yield();
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

/// Does what the test says for each message.
class holding : public handler_actor::base {
public:
  holding(caf::actor_config& config, std::function<void()> hold, std::atomic<std::size_t>& count)
    : handler_actor::base(config),
      hold_(std::move(hold)),
      count_(count) {
    set_exception_handler(
      [](std::exception_ptr&) { return caf::make_error(errc::handler_failed); });
  }

  behavior_type make_behavior() override {
    return {[this](const packet&) {
      hold_();
      ++count_;
    }};
  }

private:
  std::function<void()> hold_;
  std::atomic<std::size_t>& count_;
};

struct held_fixture : placed_fixture {
  std::atomic<std::size_t> held = 0;
  std::shared_ptr<pending_writes> pending = std::make_shared<pending_writes>();

  handler_actor spawn_holder(std::function<void()> hold, bool begins_on_loop = true) {
    unit->add_actor();
    auto out = caf::actor_cast<handler_actor>(system.spawn<detail::placed<holding>>(
      unit.get(), pending, begins_on_loop, std::move(hold), std::ref(held)));
    settle();
    return out;
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

BOOST_AUTO_TEST_CASE(on_the_loop_is_called_by_no_other_thread) {
  // The sender has asked for the handler's place before the handler came to the loop.
  auto* late = dynamic_cast<noting*>(caf::actor_cast<caf::abstract_actor*>(subject));
  BOOST_REQUIRE(late != nullptr);
  for (std::size_t i = 0; i < 3; ++i) {
    late->handler_actor::base::enqueue(
      caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, packet{brief, {}}), nullptr);
    await(i + 1);
    BOOST_TEST(on_loop(i));
  }
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
  send(brief); // All others may have been handled before it came back.
  const auto away = count.load();
  await(++sent);
  auto back = false;
  for (auto i = away; i < sent; ++i)
    back = back || on_loop(i);
  BOOST_TEST(back);
}

BOOST_AUTO_TEST_CASE(goes_to_the_scheduler_if_the_loop_lends_no_thread) {
  loop.lends = false;
  send(brief);
  await(1);
  BOOST_TEST(!on_loop(0));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_handler_that_holds_its_loop, held_fixture)

BOOST_AUTO_TEST_CASE(leaves_it_to_another_thread_with_all_who_have_not_had_their_turn) {
  auto holder = spawn_holder([this] { loop.take(); });
  anon_send_to(holder, packet{});
  send(brief);
  loop.run_one();
  BOOST_TEST(held == 1u);
  BOOST_TEST(count == 0u);
  loop.go_on();
  unit->on_wake();
  BOOST_TEST(count == 1u);
  BOOST_TEST(on_loop(0));
  kill(std::move(holder));
}

BOOST_AUTO_TEST_CASE(is_called_by_the_scheduler_from_then_on) {
  std::atomic<std::thread::id> where;
  auto holder = spawn_holder([&, first = true]() mutable {
    where = std::this_thread::get_id();
    if (std::exchange(first, false))
      loop.take();
  });
  anon_send_to(holder, packet{});
  loop.run_one();
  BOOST_TEST((where == std::this_thread::get_id()));
  loop.go_on();
  unit->on_wake();
  anon_send_to(holder, packet{});
  while (held < 2)
    std::this_thread::yield();
  BOOST_TEST((where != std::this_thread::get_id()));
  kill(std::move(holder));
}

BOOST_AUTO_TEST_CASE(may_end_although_another_thread_has_the_loop) {
  auto holder = spawn_holder([this] {
    loop.take();
    throw std::runtime_error{"?"};
  });
  caf::scoped_actor self{system};
  self->monitor(holder);
  anon_send_to(holder, packet{});
  loop.run_one();
  loop.go_on();
  unit->on_wake();
  self->receive([](const caf::down_msg& x) { BOOST_TEST(bool{x.reason}); });
}

BOOST_AUTO_TEST_CASE(fails_when_it_returns_too_late) {
  auto holder = spawn_holder([this] {
    loop.take();
    loop.tell_overdue();
  });
  caf::scoped_actor self{system};
  self->monitor(holder);
  anon_send_to(holder, packet{});
  anon_send_to(holder, packet{}); // Which it never handles.
  loop.run_one();
  loop.go_on();
  unit->on_wake();
  self->receive([](const caf::down_msg& x) { BOOST_TEST((x.reason == errc::handler_stalled)); });
  BOOST_TEST(held == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_handler_that_writes_faster_than_its_peer_takes, held_fixture)

BOOST_AUTO_TEST_CASE(stops_until_the_peer_has_caught_up) {
  for (auto begins_on_loop : {true, false}) {
    held = 0;
    auto subject = spawn_holder([this] { pending->add(pending_writes::most); }, begins_on_loop);
    for (std::size_t i = 0; i < 40; ++i)
      anon_send_to(subject, packet{});
    for (std::size_t taken = 0; taken < 40; ++taken) {
      while (held == taken)
        run_or_yield();
      // It has many chances to go on too early.
      for (auto chance = 0; chance < 100; ++chance)
        run_or_yield();
      // On the loop, what is left of a step of up to four messages is handled, too.
      BOOST_TEST_REQUIRE(held - taken <= 4u);
      taken = held - 1;
      pending->remove(40 * pending_writes::most);
    }
    kill(std::move(subject));
    unit->remove_actor();
  }
}

BOOST_AUTO_TEST_CASE(ends_when_its_session_is_over) {
  auto subject = spawn_holder([this] { pending->add(pending_writes::most); });
  for (std::size_t i = 0; i < 10; ++i)
    anon_send_to(subject, packet{});
  while (held == 0)
    run_or_yield();
  BOOST_TEST(held < 10u);
  pending->close();
  kill(std::move(subject));
  unit->remove_actor();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
