// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/ping_schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(ping_schedule_test)

namespace {

using namespace std::chrono_literals;

struct schedule_fixture {
  ping_schedule<std::shared_ptr<int>> subject{15s};
  const ping_schedule<std::shared_ptr<int>>::time_point start{1h};

  std::uint32_t add(int name, std::chrono::nanoseconds at) {
    return subject.add(std::make_shared<int>(name), start + at);
  }

  /// Pings all sessions that are due, and returns their names.
  std::vector<int> ping(std::chrono::nanoseconds at) {
    std::vector<int> out;
    while (const auto* who = subject.due(start + at)) {
      out.push_back(**who);
      subject.on_pinged(start + at);
    }
    return out;
  }

  std::chrono::nanoseconds next() {
    auto out = subject.next_due();
    BOOST_REQUIRE(out.has_value());
    return *out - start;
  }
};

using names = std::vector<int>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_schedule, schedule_fixture)

BOOST_AUTO_TEST_CASE(has_each_session_pinged_in_each_interval) {
  static_cast<void>(add(1, 0s));
  static_cast<void>(add(2, 4s));
  BOOST_TEST(ping(14s).empty());
  BOOST_TEST(ping(15s) == names{1}, boost::test_tools::per_element());
  BOOST_TEST(ping(18s).empty());
  BOOST_TEST(ping(19s) == names{2}, boost::test_tools::per_element());
  BOOST_TEST(ping(29s).empty());
  // The look comes late.
  BOOST_TEST((ping(34s) == names{1, 2}));
  BOOST_TEST(ping(48s).empty());
  BOOST_TEST((ping(49s) == names{1, 2}));
}

BOOST_AUTO_TEST_CASE(keeps_a_session_due_until_it_is_pinged) {
  static_cast<void>(add(1, 0s));
  BOOST_REQUIRE(subject.due(start + 15s));
  BOOST_TEST(**subject.due(start + 15s) == 1);
}

BOOST_AUTO_TEST_CASE(knows_when_the_first_is_due) {
  BOOST_TEST(!subject.next_due().has_value());
  static_cast<void>(add(1, 0s));
  static_cast<void>(add(2, 1ms));
  BOOST_TEST((next() == 15s));
  BOOST_TEST(ping(15s) == names{1}, boost::test_tools::per_element());
  BOOST_TEST((next() == 15s + 1ms));
}

BOOST_AUTO_TEST_CASE(has_sessions_of_about_the_same_time_pinged_at_once) {
  subject = ping_schedule<std::shared_ptr<int>>{15s, 100ms};
  static_cast<void>(add(1, 0s));
  static_cast<void>(add(2, 1ms));
  static_cast<void>(add(3, 100ms));
  static_cast<void>(add(4, 101ms));
  BOOST_TEST((next() == 15s));
  BOOST_TEST(ping(15s) == names{1}, boost::test_tools::per_element());
  BOOST_TEST((next() == 15s + 100ms));
  BOOST_TEST((ping(15s + 100ms) == names{2, 3}));
  BOOST_TEST((next() == 15s + 200ms));
  BOOST_TEST((ping(15s + 201ms) == names{4}));
  // The look came late, and the next time is rounded again.
  BOOST_TEST((ping(30s + 299ms) == names{1, 2, 3}));
  BOOST_TEST((ping(30s + 300ms) == names{4}));
}

BOOST_AUTO_TEST_CASE(forgets_a_session_that_is_removed) {
  auto first = add(1, 0s);
  auto second = add(2, 0s);
  static_cast<void>(add(3, 0s));
  auto watched = std::make_shared<int>(4);
  auto last = subject.add(watched, start);
  subject.remove(second);
  subject.remove(last);
  BOOST_TEST(watched.use_count() == 1);
  BOOST_TEST((ping(15s) == names{1, 3}));
  subject.remove(first);
  BOOST_TEST(ping(30s) == names{3}, boost::test_tools::per_element());
  // Numbers are used again.
  BOOST_TEST(add(5, 31s) <= 4u);
  BOOST_TEST((ping(46s) == names{3, 5}));
}

BOOST_AUTO_TEST_CASE(is_as_new_when_the_last_session_is_removed) {
  auto first = add(1, 0s);
  auto second = add(2, 0s);
  subject.remove(first);
  BOOST_TEST(!subject.empty());
  subject.remove(second);
  BOOST_TEST(subject.empty());
  BOOST_TEST(!subject.next_due().has_value());
  BOOST_TEST(!subject.due(start + 1h));
  BOOST_TEST(add(3, 0s) == 1u);
  BOOST_TEST(ping(15s) == names{3}, boost::test_tools::per_element());
}

/// Twenty thousand sessions come and go. Each that stays is pinged once in each interval, and at
/// most the grain late.
BOOST_AUTO_TEST_CASE(is_fair_to_many) {
  subject = ping_schedule<std::shared_ptr<int>>{15s, 150ms};
  constexpr int count = 20'000;
  std::map<int, std::uint32_t> numbers;
  std::map<int, std::chrono::nanoseconds> last;
  for (int i = 0; i < count; ++i) {
    last[i] = i * 250us;
    numbers[i] = add(i, last[i]);
  }
  for (int i = 0; i < count; i += 3) {
    subject.remove(numbers[i]);
    last.erase(i);
  }
  auto now = 5s + 0ns;
  auto looks = 0;
  for (; now < 50s; now = next(), ++looks)
    for (auto name : ping(now)) {
      BOOST_REQUIRE(last.contains(name));
      auto took = now - std::exchange(last[name], now);
      BOOST_REQUIRE((took >= 15s && took <= 15s + 150ms));
    }
  for (const auto& [name, at] : last)
    BOOST_REQUIRE((at > now - 15s - 300ms));
  BOOST_TEST(looks <= 310);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
