// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/pending_writes.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(pending_writes_test)

namespace {

/// Adds up all changes, in whatever order they come.
struct sum final : byte_counter {
  void on_change(std::size_t before, std::size_t after) override { held += after - before; }
  bool is_scarce() const override { return scarce; }

  std::atomic<std::size_t> held{0};
  std::atomic<bool> scarce{false};
};

struct fixture {
  std::shared_ptr<sum> counter = std::make_shared<sum>();
  pending_writes subject;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(count_from_the_moment_at_which_there_is_a_counter, fixture) {
  subject.add(100);
  BOOST_TEST(counter->held == 0u);
  subject.count_in(counter);
  BOOST_TEST(counter->held == 100u);
  subject.add(20);
  subject.remove(50);
  BOOST_TEST(counter->held == 70u);
}

BOOST_FIXTURE_TEST_CASE(are_never_fewer_than_none, fixture) {
  subject.count_in(counter);
  subject.remove(30); // From another process.
  BOOST_TEST(counter->held == 0u);
  subject.add(40);
  BOOST_TEST(counter->held == 40u);
}

BOOST_FIXTURE_TEST_CASE(count_no_more_when_nobody_takes_them, fixture) {
  subject.count_in(counter);
  subject.add(pending_writes::most);
  BOOST_TEST(subject.are_too_many());
  subject.close();
  BOOST_TEST(counter->held == 0u);
  BOOST_TEST(!subject.are_too_many());
  subject.add(2 * pending_writes::most);
  subject.remove(1);
  subject.count_in(counter);
  BOOST_TEST(counter->held == 0u);
  BOOST_TEST(!subject.are_too_many());
}

BOOST_FIXTURE_TEST_CASE(are_too_many_sooner_while_memory_is_scarce, fixture) {
  subject.add(pending_writes::most_if_scarce);
  BOOST_TEST(!subject.are_too_many());
  counter->scarce = true;
  BOOST_TEST(!subject.are_too_many(), "nobody knows yet");
  subject.count_in(counter);
  BOOST_TEST(subject.are_too_many());
  subject.remove(1);
  BOOST_TEST(!subject.are_too_many());
  counter->scarce = false;
  subject.add(pending_writes::most);
  BOOST_TEST(subject.are_too_many());
}

BOOST_FIXTURE_TEST_CASE(are_counted_to_the_byte_by_many_threads, fixture) {
  constexpr std::size_t rounds = 20'000;
  std::vector<std::thread> all;
  for (std::size_t size : {1u, 2u, 3u})
    all.emplace_back([this, size] {
      for (std::size_t i = 0; i < rounds; ++i) {
        subject.add(2 * size);
        subject.remove(size);
      }
    });
  subject.count_in(counter);
  for (auto& x : all)
    x.join();
  BOOST_TEST(counter->held == rounds * (1 + 2 + 3));
  subject.close();
  BOOST_TEST(counter->held == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
