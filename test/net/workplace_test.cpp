// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/workplace.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(workplace_test)

namespace {

using namespace std::chrono_literals;

struct lengthy : borrower {
  void on_taken() noexcept override { ++taken; }
  bool on_overdue(std::size_t stuck) noexcept override {
    told = stuck;
    return listens;
  }
  [[nodiscard]] std::chrono::nanoseconds patience() const noexcept override { return 1s; }

  int taken = 0;
  std::optional<std::size_t> told;
  bool listens = true;
};

struct fixture {
  workplace subject;
  lengthy work;
  workplace::time_point now{1h};

  /// Looks `after` that time. Returns the time for which the work is seen to last, if there is any.
  std::optional<std::chrono::nanoseconds> look(std::chrono::nanoseconds after) {
    now += after;
    std::optional<std::chrono::nanoseconds> out;
    subject.look(now, [&](borrower& who, auto held) {
      BOOST_TEST((&who == &work));
      out = held;
    });
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_workplace, fixture)

BOOST_AUTO_TEST_CASE(shows_work_from_its_beginning_to_its_end) {
  BOOST_TEST(subject.is_free());
  BOOST_TEST(!look(0s).has_value());
  BOOST_TEST(subject.begin(work));
  BOOST_TEST(!subject.is_free());
  BOOST_TEST(look(0s).has_value());
  BOOST_TEST(subject.end());
  BOOST_TEST(subject.is_free());
  BOOST_TEST(!look(0s).has_value());
}

BOOST_AUTO_TEST_CASE(has_room_for_one) {
  BOOST_TEST(subject.begin(work));
  BOOST_TEST(!subject.begin(work));
  BOOST_TEST(subject.end());
  BOOST_TEST(subject.begin(work));
  BOOST_TEST(subject.end());
}

BOOST_AUTO_TEST_CASE(measures_from_look_to_look_and_anew_for_each_step) {
  BOOST_TEST(subject.begin(work));
  BOOST_TEST((look(5s) == 0s));
  BOOST_TEST((look(5s) == 5s));
  BOOST_TEST((look(1s) == 6s));
  subject.renew();
  BOOST_TEST((look(1s) == 0s));
  BOOST_TEST((look(1s) == 1s));
  BOOST_TEST(subject.end());
  BOOST_TEST(subject.begin(work));
  BOOST_TEST((look(1s) == 0s));
  BOOST_TEST(subject.end());
}

BOOST_AUTO_TEST_CASE(tells_whether_there_was_work_since_the_last_look) {
  auto nothing = [](borrower&, auto) {};
  BOOST_TEST(!subject.look(now, nothing));
  BOOST_TEST(subject.begin(work));
  BOOST_TEST(subject.end());
  BOOST_TEST(subject.look(now, nothing));
  BOOST_TEST(!subject.look(now, nothing));
}

BOOST_AUTO_TEST_CASE(that_is_taken_says_so_at_the_end) {
  BOOST_TEST(subject.begin(work));
  subject.look(now, [&](borrower& who, auto) { subject.take(who); });
  BOOST_TEST(work.taken == 1);
  BOOST_TEST(subject.is_taken());
  BOOST_TEST(!subject.end());
  BOOST_TEST(subject.begin(work));
  BOOST_TEST(!subject.is_taken());
  BOOST_TEST(subject.end());
}

BOOST_AUTO_TEST_CASE(tells_the_borrower_once_for_each_step_that_it_is_overdue) {
  auto tell = [&](borrower& who, auto) { subject.tell_overdue(who, 3); };
  work.listens = false;
  BOOST_TEST(subject.begin(work));
  subject.look(now, tell);
  BOOST_TEST(std::exchange(work.told, std::nullopt).value() == 3u);
  BOOST_TEST(!subject.is_overdue());
  work.listens = true;
  subject.look(now, tell);
  BOOST_TEST(std::exchange(work.told, std::nullopt).value() == 3u);
  BOOST_TEST(subject.is_overdue());
  subject.look(now, tell);
  BOOST_TEST(!work.told.has_value());
  subject.renew();
  BOOST_TEST(!subject.is_overdue());
  subject.look(now, tell);
  BOOST_TEST(work.told.has_value());
  BOOST_TEST(subject.end());
}

BOOST_AUTO_TEST_CASE(keeps_the_work_while_the_monitor_looks_at_it) {
  std::atomic<bool> ended = false;
  BOOST_TEST(subject.begin(work));
  std::thread worker;
  subject.look(now, [&](borrower& who, auto) {
    std::atomic<bool> ends = false;
    worker = std::thread{[&] {
      ends = true;
      ends.notify_one();
      static_cast<void>(subject.end());
      ended = true;
    }};
    ends.wait(false);
    std::this_thread::sleep_for(10ms); // In which it would end if it could.
    BOOST_TEST(!ended);
    subject.take(who);
  });
  worker.join();
  BOOST_TEST(ended);
  BOOST_TEST(subject.is_taken());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
