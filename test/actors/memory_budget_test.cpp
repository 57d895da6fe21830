// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/memory_budget.hpp"

#include "devp2p/actors/memory_wait.hpp"
#include "devp2p/actors/read_window.hpp"

#include "scripted_account.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <random>
#include <thread>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(memory_budget_test)

namespace {

using namespace std::chrono_literals;

constexpr std::size_t mib = std::size_t{1} << 20;
constexpr std::size_t grain = memory_budget::grain;
constexpr std::size_t small_size = memory_budget::max_allowance;

/// A budget of 16 MiB, and the accounts that were opened.
struct budget_fixture {
  std::shared_ptr<memory_budget> budget = std::make_shared<memory_budget>(16 * mib);
  std::vector<int> woken = std::vector<int>(200);
  std::vector<std::shared_ptr<memory_account>> accounts;

  /// Opens an account that holds `size` bytes.
  memory_account& open(std::size_t size) {
    auto* count = &woken[accounts.size()];
    accounts.push_back(std::make_shared<scripted_account>(budget, [=] { ++*count; }));
    accounts.back()->set_buffers(size);
    return *accounts.back();
  }
};

std::shared_ptr<std::pmr::memory_resource> plain() {
  return {std::shared_ptr<void>{}, std::pmr::new_delete_resource()};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_budget, budget_fixture)

// Counting

BOOST_AUTO_TEST_CASE(knows_what_each_session_holds_and_all_together) {
  auto& first = open(3 * mib);
  auto& second = open(5 * mib);
  BOOST_TEST(budget->limit() == 16 * mib);
  BOOST_TEST(budget->held() == 8 * mib);
  BOOST_TEST(first.held() == 3 * mib);
  second.set_buffers(mib);
  BOOST_TEST(second.held() == mib);
  BOOST_TEST(budget->held() == 4 * mib);
  accounts.pop_back();
  BOOST_TEST(budget->held() == 3 * mib);
}

BOOST_AUTO_TEST_CASE(counts_to_the_nearest_grain) {
  auto& account = open(grain / 2 - 1);
  BOOST_TEST(budget->held() == 0u);
  account.set_buffers(grain / 2);
  BOOST_TEST(budget->held() == grain);
  account.set_buffers(grain + grain / 2 - 1);
  BOOST_TEST(budget->held() == grain);
  account.set_buffers(0);
  BOOST_TEST(budget->held() == 0u);
}

BOOST_AUTO_TEST_CASE(counts_payloads_until_their_last_reference_goes) {
  auto payload = [&] {
    auto account = std::make_shared<scripted_account>(budget);
    auto window = std::make_shared<read_window>(mib, plain(), account);
    auto out = window->allocate(2 * mib);
    account->close();
    return out;
  }();
  // The session is over, and so may be its node.
  BOOST_TEST(budget->held() == 2 * mib);
  std::weak_ptr<memory_budget> watched = budget;
  budget.reset();
  BOOST_TEST(!watched.expired());
  std::thread{[&] { payload.reset(); }}.join();
  BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(counts_right_whatever_threads_do_at_once) {
  auto account = std::make_shared<scripted_account>(budget);
  auto window = std::make_shared<read_window>(mib, plain(), account);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  // Scarcity, waits and ends meanwhile.
  auto& other = open(12 * mib);
  threads.emplace_back([&] {
    while (!done)
      if (!other.must_wait(mib))
        other.set_buffers(other.buffers() == 12 * mib ? 0 : 12 * mib);
  });
  for (int round = 0; round < 500; ++round) {
    std::vector<std::shared_ptr<std::uint8_t[]>> payloads;
    for (std::size_t i = 1; i <= 8; ++i)
      payloads.push_back(window->allocate(i * 10'000));
    std::thread releasing{[held = std::move(payloads)]() mutable { held.clear(); }};
    static_cast<void>(account->must_wait(mib));
    static_cast<void>(account->take(4 * mib));
    releasing.join();
  }
  done = true;
  threads[0].join();
  BOOST_TEST(account->held() == 0u);
  BOOST_TEST(budget->held() == other.held());
}

BOOST_AUTO_TEST_CASE(counts_right_if_a_release_is_recorded_first) {
  auto& big = open(15 * mib);
  auto& small = open(0);
  auto& asking = open(grain);
  small.on_change(0, 30'000);
  // 30,000 bytes more, whose record is still to come, and the release of the first 30,000.
  small.on_change(60'000, 30'000);
  BOOST_TEST(small.held() == 0u);
  BOOST_TEST(asking.take(2 * mib));
  BOOST_TEST(!small.must_end());
  BOOST_TEST(big.must_end());
  small.on_change(30'000, 60'000);
  big.set_buffers(0);
  asking.set_buffers(0);
  BOOST_TEST(budget->held() == 7 * grain, "30,000 bytes");
  small.on_change(60'000, 0);
  BOOST_TEST(budget->held() == 0u);
  BOOST_TEST(!asking.must_wait(mib));
}

BOOST_AUTO_TEST_CASE(without_a_limit_only_counts) {
  budget = std::make_shared<memory_budget>(0);
  auto& account = open(1000 * mib);
  BOOST_TEST(budget->limit() == 0u);
  BOOST_TEST(budget->held() == 1000 * mib);
  BOOST_TEST(!account.must_wait(1000 * mib));
  BOOST_TEST(account.take(1000 * mib));
}

// Reading

BOOST_AUTO_TEST_CASE(lets_all_read_up_to_the_soft_mark) {
  auto& account = open(12 * mib);
  BOOST_TEST(!account.must_wait(0));
}

BOOST_AUTO_TEST_CASE(has_sessions_wait_that_hold_more_than_their_share) {
  auto& greedy = open(9 * mib);
  auto& modest = open(4 * mib);
  auto& idle = open(0);
  BOOST_TEST(greedy.must_wait(0));
  BOOST_TEST(!modest.must_wait(0));
  BOOST_TEST(!idle.must_wait(0));
  BOOST_TEST(!idle.must_wait(2 * mib));
}

BOOST_AUTO_TEST_CASE(has_a_large_message_wait_that_does_not_fit) {
  open(14 * mib);
  auto& small = open(0);
  BOOST_TEST(small.must_wait(2 * mib + 1));
  BOOST_TEST(!small.must_wait(2 * mib));
}

BOOST_AUTO_TEST_CASE(wakes_a_session_once_when_it_may_go_on) {
  auto& greedy = open(14 * mib);
  auto& large = open(0);
  BOOST_TEST(greedy.must_wait(0));
  BOOST_TEST(large.must_wait(3 * mib));
  greedy.set_buffers(13 * mib + grain);
  BOOST_TEST(woken[1] == 0);
  greedy.set_buffers(13 * mib);
  BOOST_TEST(woken[0] == 0);
  BOOST_TEST(woken[1] == 1);
  greedy.set_buffers(12 * mib);
  BOOST_TEST(woken[0] == 1);
  greedy.set_buffers(0);
  BOOST_TEST(woken[0] == 1);
  BOOST_TEST(woken[1] == 1);
}

BOOST_AUTO_TEST_CASE(wakes_no_more_sessions_than_there_is_memory_for) {
  auto& greedy = open(16 * mib);
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(open(0).must_wait(4 * mib));
  greedy.set_buffers(7 * mib);
  BOOST_TEST(woken[1] + woken[2] + woken[3] + woken[4] == 2);
  greedy.set_buffers(0);
  BOOST_TEST(woken[1] + woken[2] + woken[3] + woken[4] == 4);
}

BOOST_AUTO_TEST_CASE(wakes_no_session_that_is_over) {
  auto& greedy = open(16 * mib);
  BOOST_TEST(open(0).must_wait(mib));
  accounts.pop_back();
  auto& closed = open(0);
  BOOST_TEST(closed.must_wait(mib));
  closed.close();
  greedy.set_buffers(0);
  BOOST_TEST(woken[1] == 0);
}

BOOST_AUTO_TEST_CASE(has_no_session_wait_that_holds_no_more_than_its_share) {
  for (int i = 0; i < 195; ++i)
    open(60 << 10);
  open(3 * mib);
  BOOST_TEST(!accounts[0]->must_wait(0));
  BOOST_TEST(accounts.back()->must_wait(0));
}

BOOST_AUTO_TEST_CASE(leaves_to_others_what_a_woken_session_does_not_take) {
  auto& greedy = open(16 * mib);
  auto& first = open(0);
  auto& second = open(0);
  auto& third = open(0);
  BOOST_TEST(first.must_wait(6 * mib));
  BOOST_TEST(second.must_wait(7 * mib));
  BOOST_TEST(third.must_wait(8 * mib));
  greedy.set_buffers(8 * mib);
  BOOST_TEST(woken[1] == 1);
  BOOST_TEST(woken[2] == 0);
  // The first one has ended meanwhile.
  first.close();
  BOOST_TEST(woken[2] == 1);
  BOOST_TEST(woken[3] == 0);
  // The second one needs no memory after all.
  BOOST_TEST(!second.must_wait(0));
  BOOST_TEST(woken[3] == 1);
}

BOOST_AUTO_TEST_CASE(wakes_no_session_that_has_gone_on_by_itself) {
  auto& greedy = open(16 * mib);
  auto& first = open(0);
  auto& second = open(0);
  BOOST_TEST(second.must_wait(9 * mib));
  BOOST_TEST(first.must_wait(8 * mib));
  BOOST_TEST(!first.must_wait(0));
  greedy.set_buffers(7 * mib);
  BOOST_TEST(woken[1] == 0);
  BOOST_TEST(woken[2] == 1);
}

BOOST_AUTO_TEST_CASE(wakes_no_session_that_has_ended_its_wait) {
  auto& greedy = open(16 * mib);
  auto& first = open(0);
  auto& second = open(0);
  BOOST_TEST(second.must_wait(9 * mib));
  BOOST_TEST(first.must_wait(8 * mib));
  first.end_wait();
  greedy.set_buffers(7 * mib);
  BOOST_TEST(woken[1] == 0);
  BOOST_TEST(woken[2] == 1);
}

BOOST_AUTO_TEST_CASE(is_never_left_with_a_session_that_waits_by_a_race) {
  auto& greedy = open(16 * mib);
  std::atomic<int> calls{0};
  auto waiting = std::make_shared<scripted_account>(budget, [&] { ++calls; });
  for (int i = 0; i < 2000; ++i) {
    auto before = calls.load();
    std::thread other{[&] { greedy.set_buffers(0); }};
    auto waits = waiting->must_wait(4 * mib);
    other.join();
    BOOST_REQUIRE(calls.load() - before == (waits ? 1 : 0));
    greedy.set_buffers(16 * mib);
  }
}

// Ending

BOOST_AUTO_TEST_CASE(lets_those_be_that_hold_little) {
  open(16 * mib);
  auto& small = open(0);
  BOOST_TEST(small.take(small_size));
  BOOST_TEST(!accounts[0]->must_end());
}

BOOST_AUTO_TEST_CASE(allows_many_sessions_no_more_than_a_quarter_of_the_limit_together) {
  std::vector<std::shared_ptr<memory_account>> many(500);
  for (auto& x : many)
    x = std::make_shared<scripted_account>(budget);
  for (auto& x : many)
    while (x->buffers() < small_size && x->is_allowed(grain))
      x->set_buffers(x->buffers() + grain);
  BOOST_TEST(budget->held() > budget->limit());
  BOOST_TEST(budget->held() <= budget->limit() * 5 / 4);
  BOOST_TEST(many.back()->held() == 2 * grain);
}

BOOST_AUTO_TEST_CASE(ends_first_those_that_read_a_frame_slowly) {
  auto& most = open(7 * mib);
  auto& slow = open(4 * mib);
  auto& slower = open(3 * mib);
  auto& waiting = open(2 * mib);
  slow.set_intake(0, 0, true);
  slower.set_intake(0, 0, true);
  BOOST_TEST(waiting.must_wait(4 * mib));
  BOOST_TEST(!waiting.press());
  BOOST_TEST(slow.must_end());
  slow.close();
  waiting.set_buffers(6 * mib);
  BOOST_TEST(slower.must_wait(mib));
  BOOST_TEST(slower.press(), "no other is slow");
  BOOST_TEST(!most.must_end());
}

BOOST_AUTO_TEST_CASE(ends_one_slow_session_a_second_for_all_that_wait) {
  memory_budget::time_point now{};
  auto& slow = open(3 * mib);
  auto& slower = open(2 * mib);
  slow.set_intake(0, 0, true);
  slower.set_intake(0, 0, true);
  auto& greedy = open(6 * mib);
  auto& second = open(5 * mib);
  BOOST_TEST(greedy.must_wait(0));
  BOOST_TEST(second.must_wait(6 * mib));
  greedy.press_slow(now);
  second.press_slow(now);
  BOOST_TEST(slow.must_end());
  BOOST_TEST(!slower.must_end());
  second.press_slow(now += 1s);
  BOOST_TEST(!slower.must_end(), "the one that is left holds less than a quarter");
  slower.set_buffers(4 * mib + grain);
  second.press_slow(now += 999ms);
  BOOST_TEST(!slower.must_end());
  second.press_slow(now += 1ms);
  BOOST_TEST(slower.must_end());
}

BOOST_AUTO_TEST_CASE(ends_the_session_that_holds_most_for_one_that_holds_less) {
  auto& most = open(8 * mib);
  auto& second = open(7 * mib);
  auto& asking = open(mib);
  BOOST_TEST(asking.take(mib));
  BOOST_TEST(most.must_end());
  BOOST_TEST(woken[0] == 1);
  BOOST_TEST(!second.must_end());
  // The memory of the first is promised.
  BOOST_TEST(asking.take(mib));
  BOOST_TEST(!second.must_end());
}

BOOST_AUTO_TEST_CASE(ends_one_session_after_the_other_until_there_is_room) {
  auto& most = open(6 * mib);
  auto& second = open(5 * mib);
  auto& third = open(4 * mib);
  auto& asking = open(0);
  BOOST_TEST(!asking.take(8 * mib, 4 * mib));
  BOOST_TEST(most.must_end());
  BOOST_TEST(second.must_end());
  BOOST_TEST(!third.must_end());
  // The memory was promised, and is not there yet.
  most.close();
  second.close();
  BOOST_TEST(asking.take(8 * mib, 4 * mib));
  BOOST_TEST(!third.must_end());
}

BOOST_AUTO_TEST_CASE(ends_nobody_for_what_does_not_fit_all_the_same) {
  auto& most = open(6 * mib);
  for (int i = 0; i < 3; ++i)
    open(3 * mib);
  auto& asking = open(0);
  // The sessions of 3 MiB hold less than the one that asks.
  BOOST_TEST(!asking.take(8 * mib, 4 * mib));
  BOOST_TEST(!most.must_end());
  BOOST_TEST(!asking.take(7 * mib, 4 * mib), "that is enough, once it is there");
  BOOST_TEST(most.must_end());
}

BOOST_AUTO_TEST_CASE(refuses_a_session_that_would_hold_most) {
  auto& other = open(8 * mib);
  auto& asking = open(7 * mib);
  BOOST_TEST(!asking.take(2 * mib));
  BOOST_TEST(!other.must_end());
  BOOST_TEST(!asking.must_end());
  BOOST_TEST(asking.take(mib));
}

BOOST_AUTO_TEST_CASE(takes_no_account_of_what_is_given_back_at_once) {
  auto& other = open(8 * mib);
  auto& asking = open(4 * mib);
  BOOST_TEST(!asking.take(5 * mib, mib));
  BOOST_TEST(!other.must_end());
  BOOST_TEST(asking.take(5 * mib, 3 * mib));
  BOOST_TEST(other.must_end());
}

BOOST_AUTO_TEST_CASE(ends_nobody_for_what_never_fits) {
  auto& other = open(8 * mib);
  auto& asking = open(0);
  BOOST_TEST(!asking.take(17 * mib, 17 * mib));
  BOOST_TEST(!other.must_end());
  BOOST_TEST(!asking.is_possible(17 * mib));
}

BOOST_AUTO_TEST_CASE(does_not_count_on_sessions_that_are_over) {
  auto& hoarded = open(9 * mib);
  hoarded.on_change(0, mib);
  auto& second = open(6 * mib);
  hoarded.close();
  // The payloads of that session live on.
  BOOST_TEST(hoarded.held() == mib);
  hoarded.on_change(mib, 9 * mib);
  auto& asking = open(0);
  BOOST_TEST(asking.take(2 * mib));
  BOOST_TEST(!hoarded.must_end());
  BOOST_TEST(second.must_end());
  hoarded.on_change(9 * mib, 0);
}

BOOST_AUTO_TEST_CASE(keeps_memory_for_a_session_that_has_waited_for_long) {
  auto& first = open(8 * mib);
  auto& second = open(8 * mib);
  auto& waiting = open(0);
  auto& small = open(0);
  BOOST_TEST(waiting.must_wait(10 * mib));
  BOOST_TEST(small.must_wait(2 * mib));
  BOOST_TEST(!waiting.press());
  BOOST_TEST(first.must_end());
  BOOST_TEST(second.must_end(), "as many as are needed");
  first.close();
  // Eight are free now, and neither the one that needs less nor a newcomer gets any of them.
  BOOST_TEST(woken[3] == 0);
  BOOST_TEST(open(0).must_wait(mib));
  BOOST_TEST(small.take(small_size));
  second.close();
  BOOST_TEST(woken[2] == 1);
  BOOST_TEST(!waiting.must_wait(10 * mib));
  waiting.set_buffers(10 * mib);
  BOOST_TEST(woken[3] == 1);
  BOOST_TEST(woken[4] == 1);
}

BOOST_AUTO_TEST_CASE(keeps_no_memory_for_a_session_that_is_over) {
  auto& first = open(16 * mib);
  auto& waiting = open(0);
  auto& small = open(0);
  BOOST_TEST(waiting.must_wait(10 * mib));
  BOOST_TEST(small.must_wait(8 * mib));
  BOOST_TEST(!waiting.press());
  first.close();
  BOOST_TEST(woken[1] == 1);
  waiting.close();
  BOOST_TEST(woken[2] == 1);
}

BOOST_AUTO_TEST_CASE(serves_a_large_message_whatever_many_others_do) {
  std::vector<std::shared_ptr<memory_account>> others(25);
  std::size_t ended = 0;
  auto read = [&](auto& x) {
    if (!x->must_wait(2 * mib))
      x->set_buffers(2 * mib);
  };
  for (auto& x : others)
    read(x = std::make_shared<scripted_account>(budget));
  auto& large = open(0);
  BOOST_TEST(large.must_wait(3 * mib));
  auto seconds = 0;
  for (; seconds < 60 && large.must_wait(3 * mib); ++seconds) {
    if (seconds % 10 == 9)
      BOOST_TEST(!large.press());
    for (auto& x : others) {
      ended += x->must_end() ? 1 : 0;
      if (x->must_end() || seconds % 5 == 0)
        x = std::make_shared<scripted_account>(budget);
      if (x->buffers() == 0)
        read(x);
    }
  }
  BOOST_TEST(seconds < 30);
  BOOST_TEST(ended < 5u);
  others.clear();
}

BOOST_AUTO_TEST_CASE(ends_nobody_for_a_session_that_would_hold_most) {
  std::vector<memory_account*> modest;
  for (int i = 0; i < 4; ++i)
    modest.push_back(&open(4 * mib));
  auto& announcing = open(0);
  BOOST_TEST(announcing.must_wait(10 * mib));
  BOOST_TEST(announcing.press());
  for (auto* x : modest)
    BOOST_TEST(!x->must_end());
}

BOOST_AUTO_TEST_CASE(is_pressed_by_a_session_that_has_waited_for_long) {
  auto& most = open(10 * mib);
  auto& second = open(6 * mib);
  auto& waiting = open(0);
  BOOST_TEST(waiting.must_wait(mib));
  BOOST_TEST(!waiting.press());
  BOOST_TEST(most.must_end());
  BOOST_TEST(!waiting.press());
  BOOST_TEST(!second.must_end());
  most.close();
  BOOST_TEST(woken[2] == 1);
  // A session that holds most itself must end itself.
  second.set_buffers(16 * mib);
  BOOST_TEST(second.must_wait(0));
  BOOST_TEST(second.press());
}

BOOST_AUTO_TEST_SUITE_END()

// Frames that do not come

namespace {

struct frames_fixture : budget_fixture {
  memory_budget::time_point now{};
  memory_account& waiting = open(0);
  memory_account& reading = open(8 * mib);

  void look(std::chrono::milliseconds after = 1s) { waiting.call_in(now += after); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_frame_that_does_not_come, frames_fixture)

BOOST_AUTO_TEST_CASE(has_a_second_until_its_memory_is_taken_back) {
  reading.set_intake(100, 4 * mib, false);
  look();
  BOOST_TEST(!reading.must_give_back());
  look(999ms);
  BOOST_TEST(!reading.must_give_back());
  look(1ms);
  BOOST_TEST(woken[1] == 1);
  BOOST_TEST(reading.must_give_back());
  BOOST_TEST(!reading.must_give_back(), "once");
}

BOOST_AUTO_TEST_CASE(keeps_its_memory_while_an_eighth_of_it_comes_a_second) {
  std::size_t rest = 8 * mib;
  std::uint64_t read = 0;
  reading.set_intake(read, rest, false);
  look();
  while (rest > small_size) {
    auto came = std::max(rest / 8, small_size);
    reading.set_intake(read += came, rest -= came, false);
    look();
    BOOST_TEST(!reading.must_give_back());
  }
  reading.set_intake(read += small_size - 1, 1, false);
  look();
  BOOST_TEST(reading.must_give_back());
}

BOOST_AUTO_TEST_CASE(is_not_hidden_by_a_session_that_has_ended_before_it_heard) {
  reading.set_intake(100, 4 * mib, false);
  look();
  look();
  BOOST_TEST(woken[1] == 1);
  reading.close();
  reading.set_intake(100, 0, false);
  // A payload keeps that account.
  auto& later = open(8 * mib);
  later.set_intake(100, 4 * mib, false);
  look();
  look();
  BOOST_TEST(woken[2] == 1);
}

BOOST_AUTO_TEST_CASE(may_be_followed_by_others_between_two_looks) {
  std::uint64_t read = 0;
  for (int i = 0; i < 10; ++i) {
    reading.set_intake(read += 5 * mib, 4 * mib, false);
    look();
    BOOST_TEST(!reading.must_give_back());
  }
  // The last look was long ago: the frame may have begun a moment ago.
  reading.set_intake(read, 4 * mib, false);
  look(1h);
  BOOST_TEST(!reading.must_give_back());
}

BOOST_AUTO_TEST_SUITE_END()

// Waiting, beside a model that looks at all sessions after each step

namespace {

struct random_waits {
  struct session {
    std::shared_ptr<memory_account> account;
    std::size_t needed = 0;
    bool waits = false;
    /// The session was woken, and has not asked again.
    bool promised = false;
  };

  static constexpr std::size_t limit = 16 * mib;
  static constexpr std::size_t soft_mark = 12 * mib;

  explicit random_waits(unsigned seed) : random(seed) {
    for (auto& x : sessions)
      open(x);
  }
  ~random_waits() {
    claimant = nullptr;
    claimed = 0;
    for (auto& x : sessions)
      x.account = nullptr; // Others are woken.
  }

  std::size_t below(std::size_t end) { return random() % end; }

  std::size_t total() const {
    std::size_t out = 0;
    for (const auto& x : sessions)
      out += x.account ? x.account->held() : 0;
    return out;
  }

  std::size_t share() const {
    auto is_holder = [](const session& x) { return x.account && x.account->held() > 0; };
    auto holders = std::count_if(sessions.begin(), sessions.end(), is_holder);
    return soft_mark / static_cast<std::size_t>(std::max<std::ptrdiff_t>(holders, 1));
  }

  bool may_go_on(const session& which, std::size_t promised) const {
    auto all = total() + promised;
    auto kept = claimant == &which ? 0 : claimed;
    auto fits = which.needed == 0 || all + which.needed + kept <= limit;
    return fits && (claimant == &which || all <= soft_mark || which.account->held() <= share());
  }

  void end_claim(const session& of) {
    if (claimant == &of) {
      claimant = nullptr;
      claimed = 0;
    }
  }

  void open(session& which) {
    which = {};
    which.account = std::make_shared<scripted_account>(budget, [this, &which] {
      if (which.account->must_end()) {
        which.waits = which.promised = false;
        return;
      }
      BOOST_REQUIRE(which.waits);
      BOOST_REQUIRE(may_go_on(which, 0));
      which.waits = false;
      which.promised = true;
    });
  }

  void ask(session& which, std::size_t needed) {
    which.needed = needed;
    which.waits = which.promised = false;
    if (needed == 0)
      end_claim(which);
    else if (claimant == &which)
      claimed = needed;
    // Others may be woken before the answer.
    auto expected = !may_go_on(which, 0);
    if (!expected)
      end_claim(which);
    auto waits = which.account->must_wait(needed);
    BOOST_REQUIRE(waits == expected);
    which.waits = waits;
    if (!waits)
      which.account->set_buffers(which.account->buffers() + needed);
  }

  /// Has others end for a session that waits, or itself.
  void press(session& by) {
    if (!by.waits || by.account->must_end())
      return;
    auto is_greedy = total() > soft_mark && by.account->held() > share();
    auto must_end = by.account->press();
    if (!must_end && by.needed > 0 && !is_greedy && claimant == nullptr) {
      claimant = &by;
      claimed = by.needed;
    }
    for (auto& x : sessions)
      if (&x == &by ? must_end : x.account->must_end())
        end(x);
  }

  void end(session& which) {
    which.waits = which.promised = false;
    end_claim(which);
    if (below(2) == 0)
      which.account->close();
    which.account = nullptr;
    open(which);
  }

  void step() {
    auto& any = sessions[below(sessions.size())];
    switch (below(9)) {
    case 0:
    case 1:
      return any.account->set_buffers(below(40) * small_size);
    case 2:
    case 3:
    case 4:
      return ask(any, below(3) == 0 ? 0 : below(64) * small_size);
    case 5:
      return any.account->set_buffers(0);
    case 6:
      return below(3) == 0 ? end(any) : void();
    case 7:
      return press(any);
    default:
      for (auto& x : sessions)
        if (x.promised)
          ask(x, x.needed);
    }
  }

  void check() const {
    BOOST_REQUIRE(budget->held() == total());
    std::size_t promised = 0;
    for (const auto& x : sessions)
      promised += x.promised ? x.needed : 0;
    for (const auto& x : sessions)
      BOOST_REQUIRE(!(x.waits && may_go_on(x, promised)));
  }

  std::shared_ptr<memory_budget> budget = std::make_shared<memory_budget>(limit);
  std::mt19937 random;
  std::array<session, 40> sessions;
  /// The session for which memory is kept, and how much.
  const session* claimant = nullptr;
  std::size_t claimed = 0;
};

} // namespace

BOOST_AUTO_TEST_CASE(no_session_waits_that_may_go_on_whatever_happens) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    random_waits subject{seed};
    for (int i = 0; i < 400; ++i) {
      subject.step();
      subject.check();
    }
  }
}

// memory_wait

BOOST_AUTO_TEST_SUITE(a_wait_for_memory)

using verdict = memory_wait::verdict;

BOOST_AUTO_TEST_CASE(for_a_message_lasts_ten_seconds) {
  memory_wait::time_point start{};
  memory_wait subject{start};
  BOOST_TEST(bool(subject.on_look(start + 9s, 0, false) == verdict::wait));
  BOOST_TEST(bool(subject.on_look(start + 10s, 0, false) == verdict::end_any));
  // The memory of the session that is told to end does not come back at once.
  BOOST_TEST(bool(subject.on_look(start + 19s, 0, false) == verdict::wait));
  BOOST_TEST(bool(subject.on_look(start + 20s, 0, false) == verdict::end_any));
}

BOOST_AUTO_TEST_CASE(of_a_greedy_session_lasts_as_long_as_it_gives_memory_back) {
  memory_wait::time_point now{};
  memory_wait subject{now};
  std::size_t held = 1000;
  for (; held > 900; --held)
    BOOST_TEST(bool(subject.on_look(now += 44s, held, true) == verdict::end_slow));
  BOOST_TEST(bool(subject.on_look(now += 44s, held + 1, true) == verdict::end_slow));
  BOOST_TEST(bool(subject.on_look(now += 1s, held + 1, true) == verdict::end_any));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
