// SPDX-License-Identifier: BSL-1.0
//
// Loops that lend their threads, and go on with others. Waits here have no time limit: ctest ends a
// test that waits for ever.
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(lent_loop_test)

namespace {

using namespace std::chrono_literals;

/// An object on a loop that lends the thread to its own work when it is woken for the first time.
/// The work lasts until it is released.
class lender : public wakeable, public borrower {
public:
  lender(loop& home, std::chrono::nanoseconds patience) : home_(home), patience_(patience) {}

  void on_wake() override {
    auto here = home_.is_here();
    if (++wakes > 1 || !here) {
      woken_again.set_value(std::this_thread::get_id());
      return;
    }
    auto* place = home_.lend(*this);
    refused = place == nullptr;
    lent.set_value(std::this_thread::get_id());
    if (refused)
      return;
    here_while_lent = home_.is_here();
    release.get_future().wait();
    returned = home_.take_back(*place);
    here_at_last = home_.is_here();
    ended.set_value();
  }

  void on_taken() noexcept override { ++taken; }
  bool on_overdue(std::size_t stuck) noexcept override {
    overdue.set_value(stuck);
    return true;
  }
  [[nodiscard]] std::chrono::nanoseconds patience() const noexcept override { return patience_; }

  std::promise<void> release;
  std::promise<std::thread::id> lent;
  std::promise<std::thread::id> woken_again;
  std::promise<std::size_t> overdue;
  std::promise<void> ended;
  bool refused = false;
  bool here_while_lent = true;
  bool returned = false;
  bool here_at_last = false;
  std::atomic<int> wakes = 0;
  std::atomic<int> taken = 0;

private:
  loop& home_;
  const std::chrono::nanoseconds patience_;
};

template <class T>
T wait_for(std::promise<T>& promise) {
  return promise.get_future().get();
}

struct fixture {
  asio_network network;
  loop& home = *network.loop();

  std::shared_ptr<lender> make(std::chrono::nanoseconds patience = 1h) {
    return std::make_shared<lender>(home, patience);
  }

  /// Runs `task` on the loop's thread, and waits for it.
  void run(const std::function<void()>& task) {
    std::promise<void> done;
    home.post([&] {
      task();
      done.set_value();
    });
    wait_for(done);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_loop, fixture)

BOOST_AUTO_TEST_CASE(waits_for_work_that_is_short) {
  auto work = make();
  work->release.set_value();
  home.wake(work);
  wait_for(work->ended);
  run([] {});
  BOOST_TEST(!work->here_while_lent);
  BOOST_TEST(work->returned);
  BOOST_TEST(work->here_at_last);
  BOOST_TEST(work->wakes == 1);
  BOOST_TEST(work->taken == 0);
}

BOOST_AUTO_TEST_CASE(goes_on_with_another_thread_if_work_is_long) {
  auto work = make();
  home.wake(work);
  auto first = wait_for(work->lent);
  auto second = wait_for(work->woken_again);
  BOOST_TEST((first != second));
  run([&] {
    BOOST_TEST(home.is_here());
    BOOST_TEST((std::this_thread::get_id() == second));
  });
  BOOST_TEST(work->taken == 1);
  work->release.set_value();
  wait_for(work->ended);
  BOOST_TEST(!work->returned);
  BOOST_TEST(!work->here_at_last);
  run([&] { BOOST_TEST((std::this_thread::get_id() == second)); });
}

BOOST_AUTO_TEST_CASE(wakes_the_others_then) {
  auto work = make();
  auto other = make();
  other->release.set_value();
  run([&] {
    home.wake(work);
    home.wake(other);
  });
  wait_for(other->ended);
  BOOST_TEST(other->returned);
  work->release.set_value();
}

BOOST_AUTO_TEST_CASE(sees_to_its_timers_and_sockets_then) {
  auto work = make();
  home.wake(work);
  wait_for(work->lent);
  std::promise<void> due;
  home.post_after(1ms, [&] { due.set_value(); });
  wait_for(due);
  auto door = network.listen({"127.0.0.1", 0});
  BOOST_REQUIRE(door);
  std::promise<void> connected;
  auto dial = network.dial((*door)->local(), [&](expected<std::unique_ptr<stream>> result) {
    BOOST_TEST(bool{result});
    connected.set_value();
  });
  wait_for(connected);
  work->release.set_value();
}

BOOST_AUTO_TEST_CASE(lends_some_threads_and_no_more_until_they_are_back) {
  constexpr std::size_t enough = 100;
  std::vector<std::shared_ptr<lender>> all;
  do {
    all.push_back(make());
    home.wake(all.back());
    wait_for(all.back()->lent);
    if (!all.back()->refused)
      wait_for(all.back()->woken_again);
  } while (!all.back()->refused && all.size() < enough);
  BOOST_TEST(all.size() > 2u);
  BOOST_TEST(all.size() < enough);
  run([] {});
  all.pop_back();
  for (const auto& x : all) {
    x->release.set_value();
    wait_for(x->ended);
  }
  // A thread is back a moment after its work has ended.
  for (auto refused = true; refused;) {
    auto next = make();
    home.wake(next);
    wait_for(next->lent);
    refused = next->refused;
    next->release.set_value();
  }
}

BOOST_AUTO_TEST_CASE(lends_again_the_threads_that_are_back) {
  for (int i = 0; i < 20; ++i) {
    auto work = make();
    home.wake(work);
    wait_for(work->lent);
    BOOST_REQUIRE(!work->refused);
    wait_for(work->woken_again);
    work->release.set_value();
    wait_for(work->ended);
  }
}

BOOST_AUTO_TEST_CASE(has_a_borrower_told_that_is_overdue) {
  auto work = make(30ms);
  home.wake(work);
  BOOST_TEST(wait_for(work->overdue) == 0u);
  work->release.set_value();
  wait_for(work->ended);
}

BOOST_AUTO_TEST_CASE(has_work_on_other_threads_watched) {
  auto one = make(30ms);
  auto other = make(1h);
  auto* place = home.watch(*one);
  BOOST_REQUIRE(place != nullptr);
  auto* second = home.watch(*other);
  BOOST_REQUIRE((second != nullptr && second != place));
  BOOST_TEST(wait_for(one->overdue) == 1u);
  BOOST_TEST(place->end());
  BOOST_TEST(second->end());
  BOOST_TEST(one->taken == 0);
}

BOOST_AUTO_TEST_CASE(watches_work_again_after_a_long_rest) {
  for (int i = 0; i < 3; ++i) {
    auto work = make(30ms);
    auto* place = home.watch(*work);
    BOOST_REQUIRE(place != nullptr);
    BOOST_TEST(wait_for(work->overdue) == 1u);
    BOOST_TEST(place->end());
    std::this_thread::sleep_for(300ms); // The monitor sleeps by then.
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
