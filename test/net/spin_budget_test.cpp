// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/spin_budget.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(spin_budget_test)

namespace {

using namespace std::chrono_literals;
using net::spin_budget;

constexpr spin_budget::time_point now{1h};

} // namespace

BOOST_AUTO_TEST_CASE(a_thread_that_has_not_slept_yet_does_not_spin) {
  BOOST_TEST(!spin_budget{}.allows_spin(now));
}

BOOST_AUTO_TEST_CASE(a_thread_spins_after_a_short_sleep_until_a_long_one) {
  spin_budget budget;
  budget.slept(spin_budget::max_spin - 1ns);
  BOOST_TEST(budget.allows_spin(now));
  budget.slept(spin_budget::max_spin);
  BOOST_TEST(!budget.allows_spin(now));
}

namespace {

/// A thread without work that has slept for a moment.
struct thread {
  spin_budget budget;
  spin_budget::time_point now{1h};

  thread() { budget.slept(1us); }

  void yield(spin_budget::duration took) {
    now += took;
    budget.yielded(took, now);
  }

  /// Yields to a thread that needs the processor. Returns the time for which it then must not spin.
  spin_budget::duration make_way() {
    yield(spin_budget::crowded + 1ns);
    const auto since = now;
    while (!budget.allows_spin(now))
      now += 1ms;
    return now - since;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(short_yields_do_not_keep_a_thread_from_spinning, thread) {
  for (int i = 0; i < 1000; ++i)
    yield(spin_budget::crowded);
  BOOST_TEST(budget.allows_spin(now));
}

BOOST_FIXTURE_TEST_CASE(a_thread_that_others_keep_from_running_pauses, thread) {
  BOOST_TEST((make_way() == spin_budget::min_pause));
}

BOOST_FIXTURE_TEST_CASE(pauses_grow_while_others_have_work, thread) {
  for (auto pause = spin_budget::min_pause; pause < spin_budget::max_pause; pause *= 2)
    BOOST_TEST((make_way() == pause));
  BOOST_TEST((make_way() == spin_budget::max_pause));
  BOOST_TEST((make_way() == spin_budget::max_pause));
}

BOOST_FIXTURE_TEST_CASE(a_pause_is_short_again_after_a_time_without, thread) {
  for (int i = 0; i < 4; ++i)
    make_way();
  now += spin_budget::memory;
  BOOST_TEST((make_way() == spin_budget::min_pause));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
