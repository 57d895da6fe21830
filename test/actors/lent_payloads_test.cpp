// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/remote/lent_payloads.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(lent_payloads_test)

namespace {

constexpr std::uint64_t overhead = read_window::overhead;

struct lender {
  explicit lender(std::uint64_t enough)
    : payloads(std::make_shared<lent_payloads>(enough, [this] { ++due; })) {}

  void lend(std::size_t messages, std::size_t size) {
    for (std::size_t i = 0; i < messages; ++i)
      lent.push_back(payloads->lend({i, blob{bytes(size)}}));
  }

  std::size_t due = 0;
  std::shared_ptr<lent_payloads> payloads;
  std::vector<packet> lent;
};

} // namespace

BOOST_AUTO_TEST_SUITE(lent_payloads_)

BOOST_AUTO_TEST_CASE(are_the_same_bytes) {
  lender lender{1000};
  const packet original{7, blob{bytes{1, 2, 3}}};
  auto lent = lender.payloads->lend(original);
  BOOST_TEST((lent == original));
  BOOST_TEST(lent.payload.data() == original.payload.data());
  BOOST_TEST(lender.payloads->lent() == 3 + overhead);
}

BOOST_AUTO_TEST_CASE(are_given_back_when_the_last_reference_goes) {
  lender lender{1000};
  lender.lend(1, 0);
  auto copy = lender.lent[0];
  lender.lent.clear();
  BOOST_TEST(lender.payloads->report() == 0u);
  copy = {};
  BOOST_TEST(lender.due == 1u);
  BOOST_TEST(lender.payloads->report() == overhead);
}

BOOST_AUTO_TEST_CASE(are_reported_once_until_the_report_is_made) {
  lender lender{1000};
  lender.lend(10, 1000);
  lender.lent.clear();
  BOOST_TEST(lender.due == 1u);
  BOOST_TEST(lender.payloads->report() == 10 * (1000 + overhead));
}

BOOST_AUTO_TEST_CASE(are_reported_when_a_quarter_of_enough_was_given_back) {
  lender lender{8 * (1000 + overhead)};
  lender.lend(100, 1000);
  lender.lent.pop_back();
  BOOST_TEST(lender.due == 0u);
  lender.lent.pop_back();
  BOOST_TEST(lender.due == 1u);
}

BOOST_AUTO_TEST_CASE(are_reported_when_a_quarter_of_what_is_held_was_given_back) {
  lender lender{1'000'000'000};
  lender.lend(100, 1000);
  while (lender.due == 0)
    lender.lent.pop_back();
  BOOST_TEST(lender.lent.size() == 80u);
}

BOOST_AUTO_TEST_CASE(outlive_the_lender) {
  packet kept;
  {
    auto payloads = std::make_shared<lent_payloads>(1000, [] {});
    kept = payloads->lend({0, blob{bytes(10)}});
  }
  BOOST_TEST(kept.payload.size() == 10u);
}

/// The last release is always reported, in whatever order the threads give payloads back.
BOOST_AUTO_TEST_CASE(are_all_reported_whoever_gives_them_back) {
  constexpr std::size_t threads = 4;
  constexpr std::size_t messages = 2000;
  std::mutex mutex;
  std::condition_variable changed;
  bool due = false;
  auto payloads = std::make_shared<lent_payloads>(50 * overhead, [&] {
    std::lock_guard guard{mutex};
    due = true;
    changed.notify_one();
  });
  std::vector<std::vector<packet>> lent(threads);
  for (std::size_t i = 0; i < threads * messages; ++i)
    lent[i % threads].push_back(payloads->lend({i, {}}));
  std::vector<std::thread> holders;
  for (auto& mine : lent)
    holders.emplace_back([&mine] {
      while (!mine.empty())
        mine.pop_back();
    });
  std::uint64_t reported = 0;
  auto in_time = true;
  while (in_time && reported < threads * messages * overhead) {
    {
      std::unique_lock lock{mutex};
      in_time = changed.wait_for(lock, std::chrono::seconds{20}, [&] { return due; });
      due = false;
    }
    reported = payloads->report();
  }
  BOOST_TEST(in_time);
  for (auto& x : holders)
    x.join();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
