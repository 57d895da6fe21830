// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/throttle.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(throttle_test)

using namespace std::chrono_literals;

namespace {

/// Sessions that share a limit. One after the other moves as much as it may, as on a loop.
struct shared_link {
  static constexpr std::uint64_t rate = 1'000'000;

  std::shared_ptr<rate_limit> limit = std::make_shared<rate_limit>(rate);
  rate_limit::time_point now{1h};
  std::deque<throttle> sessions;

  explicit shared_link(std::size_t count) {
    while (sessions.size() < count)
      sessions.emplace_back(nullptr, limit);
  }

  std::size_t move(throttle& by, std::size_t most) {
    if (by.waits() && now < by.ready_at())
      return 0;
    auto moved = std::min(most, by.allowance(now));
    by.spend(moved);
    return moved;
  }

  /// Returns the number of bytes moved in `seconds`, if each session has as much to move as it may.
  double flood(int seconds) {
    std::size_t out = 0;
    for (auto end = now + std::chrono::seconds{seconds}; now < end; now += 1ms)
      for (auto& x : sessions)
        while (auto moved = move(x, 1 << 20))
          out += moved;
    return static_cast<double>(out);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_throttle)

BOOST_AUTO_TEST_CASE(keeps_to_the_rate_from_the_first_second_on) {
  for (std::size_t sessions : {1, 50, 400}) {
    shared_link link{sessions};
    BOOST_TEST(link.flood(1) < 1.05 * link.rate);
    BOOST_TEST(link.flood(10) > 0.97 * 10 * link.rate);
    BOOST_TEST(link.flood(10) < 1.01 * 10 * link.rate);
  }
}

BOOST_AUTO_TEST_CASE(saves_nothing_up_while_little_is_moved) {
  shared_link link{200};
  for (int second = 0; second < 30; ++second, link.now += 1s)
    for (auto& x : link.sessions)
      link.move(x, 100);
  link.now += 10s;
  BOOST_TEST(link.flood(1) < 1.05 * link.rate);
}

BOOST_AUTO_TEST_CASE(loses_nothing_to_those_who_move_nothing) {
  shared_link link{1};
  auto& busy = link.sessions.front();
  std::size_t moved = 0;
  for (int i = 0; i < 5000; ++i, link.now += 1ms) {
    throttle stranger{nullptr, link.limit};
    link.move(stranger, 0);
    moved += link.move(busy, 1 << 20);
  }
  BOOST_TEST(static_cast<double>(moved) > 0.95 * 5 * link.rate);
}

BOOST_AUTO_TEST_CASE(asks_seldom_if_many_wait) {
  shared_link link{1000};
  link.flood(1);
  std::size_t questions = 0;
  for (auto end = link.now + 1s; link.now < end; link.now += 1ms)
    for (auto& x : link.sessions)
      if (link.now >= x.ready_at()) {
        ++questions;
        x.spend(x.allowance(link.now));
      }
  BOOST_TEST(questions < 15'000u);
}

BOOST_AUTO_TEST_CASE(wants_one_timer_at_a_time) {
  shared_link link{1};
  auto& x = link.sessions.front();
  x.spend(x.allowance(link.now));
  x.spend(500'000);
  BOOST_REQUIRE(x.allowance(link.now) == 0u);
  BOOST_TEST(x.needs_timer());
  auto due = x.ready_at();
  BOOST_TEST(x.allowance(link.now + 1ms) == 0u);
  BOOST_TEST(!x.needs_timer());
  x.spend(500'000);
  BOOST_TEST(x.allowance(due) == 0u);
  BOOST_TEST(x.needs_timer());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
