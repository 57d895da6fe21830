// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/supervised_children.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(supervised_children_test)

namespace {

using namespace std::chrono_literals;
using subject_type = supervised_children;
using action = subject_type::action;
using verdict = subject_type::verdict;
using enum restart_strategy;
using enum restart_type;

constexpr restart_strategy all_strategies[] = {one_for_one, one_for_all, rest_for_one};

/// Takes the steps that the value asks for. Writes starts as `+0` and stops as `-0`.
struct driver {
  subject_type subject;
  subject_type::time_point now{1h};
  std::string log = {};
  /// The timeouts that were asked for.
  std::deque<std::uint64_t> timeouts = {};
  bool finished = false;

  /// Takes one step. Returns false if there is none.
  bool step() {
    auto next = subject.next();
    switch (next.what) {
    case action::wait:
      return false;
    case action::finish:
      finished = true;
      return false;
    case action::pause:
      timeouts.push_back(next.ticket);
      subject.on_paused(next.child);
      break;
    case action::start:
      log += "+" + std::to_string(next.child);
      subject.on_started(next.child);
      break;
    case action::stop:
      log += "-" + std::to_string(next.child);
      timeouts.push_back(next.ticket);
      subject.on_stopped(next.child);
      break;
    case action::kill:
      log += "k" + std::to_string(next.child);
      timeouts.push_back(next.ticket);
      subject.on_killed(next.child);
      break;
    case action::leave_behind:
      log += "l" + std::to_string(next.child);
      subject.on_left_behind(next.child);
      break;
    }
    return true;
  }

  void run() {
    while (step())
      ;
  }

  void fire() {
    auto due = std::exchange(timeouts, {});
    for (auto ticket : due)
      subject.on_timeout(ticket);
  }

  verdict end(std::size_t child, bool failed) { return subject.on_end(child, failed, now, 0); }

  /// Runs until all is at rest. Children end as soon as they are asked to, and no time passes.
  std::string settle() {
    log.clear();
    for (int rounds = 0; rounds < 100; ++rounds) {
      run();
      auto busy = false;
      for (std::size_t i = 0; i < subject.size(); ++i)
        if (subject.state(i) == child_state::stopping) {
          BOOST_TEST((end(i, false) == verdict::expected));
          busy = true;
        }
      if (!busy && timeouts.empty())
        return std::exchange(log, {});
      if (!busy)
        fire();
    }
    return "never settles";
  }
};

driver made(restart_strategy strategy, const std::vector<restart_type>& types,
            const restart_limits& limits = {.intensity = 1000}) {
  return {subject_type{strategy, limits, types}};
}

/// OTP's supervisor as its documents have it: one event at a time, each complete before the next.
struct model {
  restart_strategy strategy;
  std::vector<restart_type> types;
  std::vector<bool> running = std::vector<bool>(types.size(), true);

  std::string on_end(std::size_t child, bool failed) {
    running[child] = false;
    if (types[child] == temporary || (types[child] == transient && !failed))
      return {};
    std::string out;
    auto in_group = [&](std::size_t i) {
      return strategy == one_for_all || i == child || (strategy == rest_for_one && i > child);
    };
    for (auto i = types.size(); i-- > 0;)
      if (in_group(i) && running[i])
        out += "-" + std::to_string(i);
    for (std::size_t i = 0; i < types.size(); ++i)
      if (in_group(i)) {
        running[i] = types[i] != temporary;
        if (running[i])
          out += "+" + std::to_string(i);
      }
    return out;
  }
};

/// Tries all sequences of `depth` ends.
void try_all(const driver& before, const model& model_before, int depth, const std::string& path) {
  for (std::size_t i = 0; depth > 0 && i < before.subject.size(); ++i) {
    if (before.subject.state(i) != child_state::running)
      continue;
    for (auto failed : {false, true}) {
      auto subject = before;
      auto expected = model_before;
      static_cast<void>(subject.end(i, failed));
      auto to = path + (failed ? " fails " : " returns ") + std::to_string(i);
      auto got = subject.settle();
      if (auto wanted = expected.on_end(i, failed); got != wanted)
        BOOST_ERROR(to << ": " << got << " instead of " << wanted);
      for (std::size_t j = 0; j < expected.types.size(); ++j)
        if ((subject.subject.state(j) == child_state::running) != expected.running[j])
          BOOST_ERROR(to << ": child " << j << " is " << to_string(subject.subject.state(j)));
      try_all(subject, expected, depth - 1, to);
    }
  }
}

std::vector<std::vector<restart_type>> all_types(std::size_t size) {
  if (size == 0)
    return {{}};
  std::vector<std::vector<restart_type>> out;
  for (auto& rest : all_types(size - 1))
    for (auto x : {permanent, transient, temporary}) {
      auto next = rest;
      next.push_back(x);
      out.push_back(next);
    }
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(children_are_started_in_order_and_ended_in_reverse) {
  for (auto strategy : all_strategies) {
    auto subject = made(strategy, {permanent, transient, temporary});
    BOOST_TEST((subject.subject.state(2) == child_state::waiting));
    BOOST_TEST(subject.settle() == "+0+1+2");
    subject.subject.end();
    BOOST_TEST(subject.settle() == "-2-1-0");
    BOOST_TEST(subject.finished);
    BOOST_TEST((subject.subject.state(0) == child_state::done));
  }
}

BOOST_AUTO_TEST_CASE(what_follows_from_each_end_is_what_otp_does) {
  for (std::size_t size = 1; size <= 4; ++size)
    for (auto strategy : all_strategies)
      for (const auto& types : all_types(size)) {
        auto subject = made(strategy, types);
        static_cast<void>(subject.settle());
        std::string name;
        for (auto x : types)
          name += std::to_string(int(x));
        try_all(subject, {strategy, types}, size < 4 ? 3 : 2,
                "strategy " + std::to_string(int(strategy)) + ", types " + name + ":");
      }
}

BOOST_AUTO_TEST_CASE(a_child_is_stopped_only_when_the_later_one_has_ended) {
  auto subject = made(one_for_all, {permanent, permanent, permanent});
  static_cast<void>(subject.settle());
  BOOST_TEST((subject.end(1, true) == verdict::restart));
  subject.run();
  BOOST_TEST(subject.log == "-2");
  BOOST_TEST((subject.end(2, false) == verdict::expected));
  subject.run();
  BOOST_TEST(subject.log == "-2-0");
  BOOST_TEST((subject.end(0, true) == verdict::expected)); // A consequence is no failure.
  subject.run();
  BOOST_TEST(subject.log == "-2-0+0+1+2");
  BOOST_TEST(subject.subject.restarts(1) == 1u);
}

BOOST_AUTO_TEST_CASE(a_child_that_ends_before_its_turn_to_be_stopped_does_not_count) {
  auto subject = made(rest_for_one, {permanent, permanent, permanent}, {.intensity = 1});
  static_cast<void>(subject.settle());
  BOOST_TEST((subject.end(0, true) == verdict::restart));
  subject.run();
  BOOST_TEST(subject.log == "-2");
  BOOST_TEST((subject.end(1, true) == verdict::expected));
  BOOST_TEST((subject.end(2, true) == verdict::expected));
  subject.run();
  BOOST_TEST(subject.log == "-2+0+1+2");
}

BOOST_AUTO_TEST_CASE(an_earlier_child_that_fails_meanwhile_widens_the_group) {
  auto subject = made(rest_for_one, {permanent, permanent, permanent});
  static_cast<void>(subject.settle());
  BOOST_TEST((subject.end(1, true) == verdict::restart));
  subject.run();
  BOOST_TEST((subject.end(0, true) == verdict::restart));
  subject.run();
  BOOST_TEST(subject.log == "-2");
  BOOST_TEST((subject.end(2, false) == verdict::expected));
  subject.run();
  BOOST_TEST(subject.log == "-2+0+1+2");
}

BOOST_AUTO_TEST_CASE(a_child_that_does_not_end_is_killed_and_then_left_behind) {
  auto subject = made(one_for_all, {permanent, permanent});
  static_cast<void>(subject.settle());
  BOOST_TEST((subject.end(0, true) == verdict::restart));
  subject.run();
  subject.fire();
  subject.run();
  BOOST_TEST(subject.log == "-1k1");
  subject.subject.on_timeout(1); // That of the stop, once more.
  subject.run();
  BOOST_TEST(subject.log == "-1k1");
  subject.fire();
  subject.run();
  BOOST_TEST(subject.log == "-1k1l1+0+1");
}

BOOST_AUTO_TEST_CASE(a_step_that_is_not_reported_is_the_next_one_again) {
  auto subject = made(one_for_one, {permanent});
  auto first = subject.subject.next();
  BOOST_TEST((subject.subject.next() == first));
  subject.run();
  subject.subject.end();
  auto stop = subject.subject.next();
  BOOST_TEST((subject.subject.next() == stop));
}

BOOST_AUTO_TEST_CASE(one_failure_too_many_ends_all_children) {
  for (auto strategy : all_strategies) {
    auto subject = made(strategy, {permanent, permanent}, {.intensity = 2, .period = 10s});
    static_cast<void>(subject.settle());
    for (int i = 0; i < 2; ++i) {
      BOOST_TEST((subject.end(0, true) == verdict::restart));
      static_cast<void>(subject.settle());
    }
    auto lasts = subject;
    lasts.now += 10s;
    BOOST_TEST((lasts.end(0, true) == verdict::restart));
    BOOST_TEST((subject.end(0, true) == verdict::give_up));
    BOOST_TEST(subject.subject.is_ending());
    BOOST_TEST(subject.settle() == "-1");
    BOOST_TEST(subject.finished);
  }
}

BOOST_AUTO_TEST_CASE(without_intensity_the_first_failure_ends_all) {
  auto subject = made(one_for_one, {transient, permanent}, {.intensity = 0});
  static_cast<void>(subject.settle());
  BOOST_TEST((subject.end(0, false) == verdict::done));
  BOOST_TEST((subject.end(1, false) == verdict::give_up));
}

BOOST_AUTO_TEST_CASE(the_second_restart_comes_after_a_pause) {
  for (auto strategy : all_strategies) {
    auto subject = made(strategy, {permanent, permanent});
    static_cast<void>(subject.settle());
    static_cast<void>(subject.end(0, true));
    static_cast<void>(subject.settle());
    static_cast<void>(subject.end(0, true));
    auto pause = subject.subject.next();
    BOOST_TEST((pause.what == action::pause));
    BOOST_TEST((pause.pause == 10ms));
    subject.log.clear();
    subject.run();
    if (strategy != one_for_one) {
      BOOST_TEST(subject.log == "-1");
      static_cast<void>(subject.end(1, false));
      subject.run();
    }
    BOOST_TEST((subject.subject.state(0) == child_state::waiting));
    subject.log.clear();
    subject.subject.on_timeout(1'000'000); // Any other.
    subject.run();
    BOOST_TEST(subject.log == "");
    subject.fire();
    subject.run();
    BOOST_TEST(subject.log == (strategy == one_for_one ? "+0" : "+0+1"));
  }
}

BOOST_AUTO_TEST_CASE(a_pause_may_be_over_before_the_others_have_ended) {
  auto subject = made(one_for_all, {permanent, permanent});
  static_cast<void>(subject.settle());
  static_cast<void>(subject.end(1, true));
  static_cast<void>(subject.settle());
  static_cast<void>(subject.end(1, true));
  subject.run();
  subject.subject.on_timeout(subject.timeouts.front());
  subject.timeouts.pop_front();
  subject.run();
  BOOST_TEST(subject.log == "-0");
  static_cast<void>(subject.end(0, false));
  subject.run();
  BOOST_TEST(subject.log == "-0+0+1");
}

BOOST_AUTO_TEST_CASE(a_pause_holds_up_only_those_that_may_need_the_child) {
  auto fails_twice = [](driver& subject, std::size_t child) {
    static_cast<void>(subject.settle());
    static_cast<void>(subject.end(child, true));
    static_cast<void>(subject.settle());
    static_cast<void>(subject.end(child, true));
    subject.run();
    subject.log.clear();
  };
  auto subject = made(one_for_one, {permanent, permanent, permanent});
  fails_twice(subject, 1);
  static_cast<void>(subject.end(2, true));
  subject.run();
  BOOST_TEST(subject.log == "+2");
  subject = made(rest_for_one, {permanent, permanent, permanent});
  fails_twice(subject, 1);
  static_cast<void>(subject.end(2, false));
  static_cast<void>(subject.end(0, true));
  subject.run();
  BOOST_TEST(subject.log == "+0");
}

BOOST_AUTO_TEST_CASE(a_child_that_cannot_be_started_has_failed) {
  for (auto strategy : all_strategies) {
    auto subject = made(strategy, {permanent, permanent, permanent}, {.intensity = 9});
    subject.step();
    BOOST_TEST(subject.log == "+0");
    BOOST_TEST((subject.subject.on_not_started(1, subject.now, 0) == verdict::restart));
    subject.run();
    if (strategy == one_for_all) {
      static_cast<void>(subject.end(0, false));
      subject.run();
    }
    BOOST_TEST(subject.log == (strategy == one_for_all ? "+0-0+0+1+2" : "+0+1+2"));
  }
}

BOOST_AUTO_TEST_CASE(a_child_that_cannot_be_started_holds_up_no_strangers) {
  auto subject = made(one_for_one, {permanent, permanent}, {.intensity = 9});
  BOOST_TEST((subject.subject.on_not_started(0, subject.now, 0) == verdict::restart));
  BOOST_TEST((subject.subject.on_not_started(0, subject.now, 0) == verdict::restart));
  subject.run();
  BOOST_TEST(subject.log == "+1");
  subject.fire();
  subject.run();
  BOOST_TEST(subject.log == "+1+0");
}

BOOST_AUTO_TEST_CASE(a_start_that_fails_slowly_uses_up_the_budget_too) {
  auto subject = made(one_for_one, {permanent}, {.intensity = 2, .period = 1s});
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST((subject.subject.on_not_started(0, subject.now, 0) == verdict::restart));
    subject.now += 1h;
  }
  BOOST_TEST((subject.subject.on_not_started(0, subject.now, 0) == verdict::give_up));
}

BOOST_AUTO_TEST_CASE(a_temporary_child_is_tried_once) {
  auto subject = made(one_for_all, {temporary, permanent});
  BOOST_TEST((subject.subject.on_not_started(0, subject.now, 0) == verdict::done));
  BOOST_TEST(subject.settle() == "+1");
  static_cast<void>(subject.end(1, true));
  BOOST_TEST(subject.settle() == "+1");
  BOOST_TEST((subject.subject.state(0) == child_state::done));
}

BOOST_AUTO_TEST_CASE(a_temporary_child_that_was_never_tried_is_still_started) {
  auto subject = made(one_for_all, {permanent, temporary});
  subject.step();
  static_cast<void>(subject.end(0, true));
  BOOST_TEST(subject.settle() == "+0+1");
}

/// Any events in any order, against what must always hold.
BOOST_AUTO_TEST_CASE(whatever_happens_children_keep_their_order_and_their_budget) {
  for (std::uint32_t seed = 1; seed <= 3000; ++seed) {
    std::mt19937 random{seed};
    auto draw = [&](std::size_t below) { return random() % below; };
    const auto size = 1 + draw(5);
    std::vector<restart_type> types;
    for (std::size_t i = 0; i < size; ++i)
      types.push_back(static_cast<restart_type>(draw(3)));
    const auto strategy = all_strategies[draw(3)];
    const restart_limits limits{.intensity = static_cast<unsigned>(draw(6)), .period = 5s};
    auto it = made(strategy, types, limits);
    auto& subject = it.subject;
    std::vector<bool> lives(size);
    std::vector<bool> asked(size);
    std::vector<subject_type::time_point> failures;
    std::string why;
    auto must = [&](bool holds, const char* what) {
      if (!holds && why.empty())
        why = what;
    };
    for (int i = 0; i < 200 && !it.finished; ++i) {
      const auto child = draw(size);
      switch (draw(6)) {
      case 0:
        if (!it.timeouts.empty()) {
          std::swap(it.timeouts[0], it.timeouts[draw(it.timeouts.size())]);
          subject.on_timeout(it.timeouts[0]);
          it.timeouts.pop_front();
        }
        break;
      case 1:
        it.now += std::chrono::milliseconds{draw(3000)};
        break;
      case 2:
        if (lives[child]) {
          auto what = subject.on_end(child, draw(2) == 0, it.now, 0.5);
          lives[child] = asked[child] = false;
          if (what == verdict::restart || what == verdict::give_up) {
            std::erase_if(failures, [&](auto x) { return it.now - x >= limits.period; });
            must((failures.size() < limits.intensity) == (what == verdict::restart), "the budget");
            failures.push_back(it.now);
          }
        }
        break;
      case 3:
        if (draw(60) == 0)
          subject.end();
        break;
      default:
        auto next = subject.next();
        it.log.clear();
        if (next.what == action::start) {
          must(!lives[next.child], "a child that lives is started");
          must(!subject.is_ending(), "a child is started at the end");
          for (std::size_t j = 0; j < size; ++j)
            must(!asked[j], "a child is started while another is being stopped");
          for (auto j = next.child + 1; strategy == rest_for_one && j < size; ++j)
            must(!lives[j], "a later child lives while an earlier one is started");
          if (draw(10) == 0) {
            auto what = subject.on_not_started(next.child, it.now, 0.5);
            if (what == verdict::restart)
              failures.push_back(it.now);
            break;
          }
          lives[next.child] = true;
        } else if (next.what == action::stop) {
          must(lives[next.child], "a child that has ended is stopped");
          for (std::size_t j = 0; j < size; ++j)
            must(!asked[j], "two are being stopped");
          asked[next.child] = true;
        } else if (next.what == action::leave_behind) {
          lives[next.child] = asked[next.child] = false;
        } else if (next.what == action::finish) {
          must(std::ranges::count(lives, true) == 0, "a child is left");
        }
        it.step();
      }
    }
    for (std::size_t i = 0; i < size && why.empty(); ++i)
      must(lives[i] == (subject.state(i) == child_state::running ||
                        subject.state(i) == child_state::stopping),
           "its state");
    // Once nothing more happens, each child runs or is done.
    if (!it.finished)
      static_cast<void>(it.settle());
    for (std::size_t i = 0; i < size; ++i)
      must(subject.state(i) == child_state::running || subject.state(i) == child_state::done,
           "rest");
    must(it.finished == subject.is_ending(), "the end");
    BOOST_TEST(why == "", "seed " << seed << ": " << why);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
