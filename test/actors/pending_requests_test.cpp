// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/typed/pending_requests.hpp"

#include "devp2p/kit/seeded_random.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/errc.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <set>
#include <stdexcept>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(pending_requests_test)

namespace {

using namespace std::chrono_literals;

/// A handler that asks, and a remote that answers by hand.
struct asker {
  using time_point = pending_requests::time_point;

  kit::seeded_random random{1};
  pending_requests requests;
  time_point now{1h};
  std::vector<std::uint64_t> ids;
  std::vector<std::uint64_t> answers;
  std::vector<caf::error> errors;

  explicit asker(const request_limits& limits = {}) : requests(limits, random) {}

  void ask(caf::timespan timeout = 5s, std::uint64_t answer_code = 2) {
    requests.add({answer_code, now + timeout, [this](std::uint64_t id) { ids.push_back(id); },
                  [this](const packet& x) { answers.push_back(x.code); },
                  [this](const caf::error& why) { errors.push_back(why); }});
  }

  bool answer(std::uint64_t id, std::uint64_t code = 2) { return requests.answer(id, {code, {}}); }

  void pass(caf::timespan time) {
    now += time;
    requests.expire(now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(an_answer_reaches_whoever_has_asked, asker) {
  ask();
  ask();
  BOOST_REQUIRE(ids.size() == 2u);
  BOOST_TEST(answer(ids[1]));
  BOOST_TEST(answers.size() == 1u);
  BOOST_TEST(requests.counts().answered == 1u);
}

BOOST_FIXTURE_TEST_CASE(ids_are_never_the_same_and_of_one_size, asker) {
  for (int i = 0; i < 50; ++i)
    ask();
  BOOST_TEST((std::set<std::uint64_t>{ids.begin(), ids.end()}).size() == 50u);
  for (auto id : ids)
    BOOST_TEST((id >> 63) == 1u);
}

BOOST_FIXTURE_TEST_CASE(deadlines_come_one_by_one, asker) {
  ask(5s);
  ask(2s);
  BOOST_TEST((requests.next_deadline() == now + 2s));
  pass(2s);
  BOOST_TEST(errors.size() == 1u);
  BOOST_TEST((requests.next_deadline() == now + 3s));
  pass(3s);
  BOOST_TEST(errors.size() == 2u);
  BOOST_TEST((errors.front() == errc::request_timeout));
  BOOST_TEST(!requests.next_deadline().has_value());
  BOOST_TEST(requests.counts().expired == 2u);
}

BOOST_FIXTURE_TEST_CASE(late_double_and_unknown_answers_are_told_apart, asker) {
  ask(1s);
  ask(9s);
  pass(1s);
  BOOST_TEST(answer(ids[0]));
  BOOST_TEST(answer(ids[0]));
  BOOST_TEST(answer(ids[1]));
  BOOST_TEST(answer(ids[1]));
  BOOST_TEST(answer(1));
  BOOST_TEST(requests.counts().late == 1u);
  BOOST_TEST(requests.counts().duplicate == 2u);
  BOOST_TEST(requests.counts().unknown == 1u);
  BOOST_TEST(answers.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_answer_of_another_kind_is_unknown, asker) {
  ask();
  BOOST_TEST(answer(ids[0], 4));
  BOOST_TEST(requests.counts().unknown == 1u);
  BOOST_TEST(answer(ids[0]));
  BOOST_TEST(answers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_is_strict_takes_late_answers_only) {
  asker strict{{.strict = true}};
  strict.ask(1s);
  strict.pass(1s);
  BOOST_TEST(strict.answer(strict.ids[0]));
  BOOST_TEST(!strict.answer(strict.ids[0]));
  BOOST_TEST(!strict.answer(1));
}

BOOST_AUTO_TEST_CASE(requests_beyond_the_bound_wait_their_turn) {
  asker one{{.max_under_way = 2, .max_waiting = 1}};
  one.ask();
  one.ask();
  one.ask();
  BOOST_TEST(one.ids.size() == 2u);
  one.ask();
  BOOST_REQUIRE(one.errors.size() == 1u);
  BOOST_TEST((one.errors.front() == errc::too_many_requests));
  BOOST_TEST(one.answer(one.ids[0]));
  BOOST_TEST(one.ids.size() == 3u);
}

BOOST_AUTO_TEST_CASE(those_that_wait_have_deadlines_and_follow_those_that_expire) {
  asker one{{.max_under_way = 1}};
  one.ask(2s);
  one.ask(1s);
  one.ask(9s);
  one.pass(1s);
  BOOST_TEST(one.errors.size() == 1u);
  BOOST_TEST(one.ids.size() == 1u);
  one.pass(1s);
  BOOST_TEST(one.errors.size() == 2u);
  BOOST_TEST(one.ids.size() == 2u);
  BOOST_TEST(one.requests.counts().asked == 2u);
}

BOOST_AUTO_TEST_CASE(all_are_told_of_the_end) {
  asker one{{.max_under_way = 1}};
  one.ask();
  one.ask();
  one.requests.end(caf::make_error(errc::session_closed));
  BOOST_TEST(one.errors.size() == 2u);
  one.ask();
  BOOST_TEST(one.errors.size() == 3u);
  BOOST_TEST(one.ids.size() == 1u);
  BOOST_TEST(!one.requests.next_deadline().has_value());
}

BOOST_FIXTURE_TEST_CASE(a_callback_may_ask_again, asker) {
  int left = 3;
  std::function<void()> again = [&] {
    requests.add({2, now + 1s, [this](std::uint64_t id) { ids.push_back(id); },
                  [](const packet&) {},
                  [&](const caf::error&) {
                    if (--left > 0)
                      again();
                  }});
  };
  again();
  for (int i = 0; i < 5; ++i)
    pass(1s);
  BOOST_TEST(ids.size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(all_are_told_even_if_one_of_them_throws, asker) {
  int told = 0;
  auto add = [&](caf::timespan timeout) {
    requests.add({2, now + timeout, [](std::uint64_t) {}, [](const packet&) {},
                  [&](const caf::error&) {
                    ++told;
                    throw std::runtime_error{"why me"};
                  }});
  };
  for (auto timeout : {1s, 1s, 5s, 5s})
    add(timeout);
  BOOST_CHECK_THROW(pass(1s), std::runtime_error);
  BOOST_TEST(told == 2);
  BOOST_CHECK_THROW(requests.end(caf::make_error(errc::session_closed)), std::runtime_error);
  BOOST_TEST(told == 4);
}

namespace {

/// One request is under way; that which waits for it throws as it is sent.
struct thrower : asker {
  thrower() : asker{{.max_under_way = 1}} {
    ask();
    requests.add({2, now + 9s, [](std::uint64_t) { throw std::runtime_error{"why me"}; },
                  [](const packet&) {}, [this](const caf::error& why) { errors.push_back(why); }});
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(an_answer_is_told_even_if_the_next_request_throws, thrower) {
  BOOST_CHECK_THROW(answer(ids[0]), std::runtime_error);
  BOOST_TEST(answers.size() == 1u);
  requests.end(caf::make_error(errc::session_closed));
  BOOST_TEST(errors.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(the_end_of_time_is_told_even_if_the_next_request_throws, thrower) {
  BOOST_CHECK_THROW(pass(5s), std::runtime_error);
  BOOST_TEST(errors.size() == 1u);
  pass(5s);
  BOOST_TEST(errors.size() == 2u);
}

BOOST_AUTO_TEST_CASE(whoever_is_refused_and_asks_again_at_once_gets_no_further) {
  asker one{{.max_under_way = 1, .max_waiting = 0}};
  one.ask();
  int told = 0;
  std::function<void()> ask_again = [&] {
    one.requests.add({2, one.now + 5s, [](std::uint64_t) {}, [](const packet&) {},
                      [&](const caf::error&) {
                        ++told;
                        ask_again();
                      }});
  };
  ask_again();
  BOOST_TEST(told == 1);
  ask_again();
  BOOST_TEST(told == 2);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
