// SPDX-License-Identifier: BSL-1.0
//
// Properties of a dial plan in every run: seeded runs of everything that can happen to it.
#include "devp2p/kit/for_each_seed.hpp"
#include "devp2p/net/sim/seeded_rng.hpp"

#include "peering_fixture.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(dial_plan_properties_test)

using namespace std::chrono_literals;

namespace {

/// Anything happens to a plan, in any order. `trace` holds all that it has answered.
class any_run {
public:
  explicit any_run(std::uint64_t seed) : of_(limits(seed), seed), rng_(seed) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      of_.now += std::chrono::milliseconds{rng_.below(3000)};
      happen();
      dial();
    }
  }

  [[nodiscard]] const std::vector<std::uint64_t>& trace() const { return trace_; }

private:
  static dial_limits limits(std::uint64_t seed) {
    return {.peers = 5 + seed % 20,
            .kept_for_inbound = seed % 5,
            .max_dialling = 1 + seed % 7,
            .max_candidates = 300,
            .max_of_source = 120};
  }

  std::uint64_t any_number() { return rng_.below(600); }

  void happen() {
    auto number = any_number();
    auto id = numbered_id(number);
    switch (rng_.below(14)) {
    case 0:
      of_.plan.add_static(numbered_node(number % 20), of_.now);
      break;
    case 1:
      of_.plan.remove(id, of_.now);
      break;
    case 2:
      of_.plan.trust(numbered_id(number % 10), of_.now);
      break;
    case 3:
      of_.plan.distrust(numbered_id(number % 10), of_.now);
      break;
    case 4:
      of_.plan.ban(id, of_.now + std::chrono::seconds{rng_.below(600)}, "ban", of_.now);
      break;
    case 5:
      of_.plan.set_score(id, static_cast<int>(rng_.below(9)), of_.now);
      break;
    case 6:
      of_.connect(number, true);
      peers_.insert(number);
      break;
    case 7:
      of_.plan.set_own_link(rng_.below(4) != 0, of_.now);
      break;
    case 8:
      if (auto out = of_.plan.churn(of_.now, of_.random))
        trace_.push_back(number_of(*out));
      break;
    case 9:
      if (rng_.below(20) == 0)
        of_.plan.forget_source(static_cast<source_number>(rng_.below(5)), of_.now);
      break;
    default:
      offer_some();
    }
    end_some();
  }

  void offer_some() {
    for (int i = 0; i < 5; ++i) {
      auto source = static_cast<source_number>(rng_.below(5));
      auto out = of_.offer(any_number(), source, static_cast<int>(rng_.below(3)));
      trace_.push_back(out ? 1000 + static_cast<std::uint64_t>(*out) : 0);
    }
    BOOST_REQUIRE(of_.plan.candidates() <= 300u);
  }

  void end_some() {
    while (!dialling_.empty() && rng_.below(2) == 0) {
      auto number = *std::next(dialling_.begin(), rng_.below(dialling_.size()));
      dialling_.erase(number);
      if (rng_.below(2) == 0) {
        of_.connect(number);
        peers_.insert(number);
      } else {
        of_.fail(number, std::chrono::seconds{rng_.below(300)});
      }
    }
    while (!peers_.empty() && rng_.below(3) == 0) {
      auto number = *std::next(peers_.begin(), rng_.below(peers_.size()));
      peers_.erase(number);
      of_.drop(number, std::chrono::seconds{rng_.below(300)});
    }
  }

  void dial() {
    for (;;) {
      auto before = of_.plan.slots();
      auto node = of_.plan.next(of_.now, of_.random);
      if (!node)
        break;
      check(number_of(node->id), before);
    }
    if (auto due = of_.plan.when())
      trace_.push_back(static_cast<std::uint64_t>(due->time_since_epoch().count()));
  }

  void check(std::uint64_t number, const dial_slots& before) {
    const auto& limits = of_.plan.limits();
    auto trusted = of_.plan.is_trusted(numbered_id(number));
    BOOST_REQUIRE((trusted ? before.open_trusted(limits) : before.open(limits)) > 0u);
    BOOST_REQUIRE(!peers_.contains(number));
    BOOST_REQUIRE(dialling_.insert(number).second);
    BOOST_REQUIRE(dialling_.size() <= limits.max_dialling);
    if (auto last = dialled_.find(number); last != dialled_.end())
      BOOST_REQUIRE((of_.now - last->second >= 35s));
    dialled_[number] = of_.now;
    BOOST_REQUIRE(of_.reason(number) == dial_refusal::dialling);
    trace_.push_back(number);
  }

  planned of_;
  net::seeded_rng rng_;
  std::set<std::uint64_t> dialling_;
  std::set<std::uint64_t> peers_;
  std::map<std::uint64_t, planned::time_point> dialled_;
  std::vector<std::uint64_t> trace_;
};

} // namespace

BOOST_AUTO_TEST_CASE(whatever_happens_no_limit_is_exceeded_and_no_node_is_dialled_too_early) {
  kit::for_each_seed(12, [](std::uint64_t seed) {
    any_run run{seed};
    run.run(1500);
    BOOST_REQUIRE(run.trace().size() > 1500u);
  });
}

BOOST_AUTO_TEST_CASE(a_run_is_repeated_by_its_seed_and_by_a_copy_from_its_middle) {
  kit::for_each_seed(4, [](std::uint64_t seed) {
    any_run first{seed};
    first.run(700);
    auto copy = first;
    first.run(700);
    copy.run(700);
    any_run again{seed};
    again.run(1400);
    BOOST_REQUIRE(first.trace() == copy.trace());
    BOOST_REQUIRE(first.trace() == again.trace());
  });
}

BOOST_AUTO_TEST_CASE(no_source_starves_however_many_candidates_others_have) {
  kit::for_each_seed(4, [](std::uint64_t seed) {
    planned of{planned::limits_of(5), seed};
    net::seeded_rng rng{seed};
    std::map<std::uint64_t, int> dials;
    for (int second = 0; second < 300; ++second, of.now += 1s) {
      // Source 1 floods, with better scores; 2 and 3 have a few.
      for (int i = 0; i < 50; ++i)
        of.offer(1'000'000'000 + rng.below(1'000'000), 1, 100);
      for (source_number source : {2, 3})
        of.offer(std::uint64_t{source} * 1'000'000'000 + second, source);
      for (auto number : of.dials()) {
        ++dials[number / 1'000'000'000];
        of.fail(number, 1h);
        break;
      }
    }
    BOOST_REQUIRE(dials[2] > 95);
    BOOST_REQUIRE(dials[3] > 95);
  });
}

BOOST_AUTO_TEST_CASE(a_candidate_with_a_low_score_has_its_turn) {
  planned of{planned::limits_of(1, 1)};
  of.offer(1, 1, -1000);
  bool tried = false;
  for (int i = 0; i < 8 && !tried; ++i) {
    for (int j = 0; j < 10; ++j)
      of.offer(100 + i * 10 + j, 1, 100);
    for (auto number : of.dials()) {
      tried = tried || number == 1;
      of.fail(number, 1h);
      break;
    }
  }
  BOOST_TEST(tried);
}

BOOST_AUTO_TEST_CASE(when_tells_of_every_dial_that_time_alone_allows) {
  kit::for_each_seed(20, [](std::uint64_t seed) {
    planned of{planned::limits_of(4), seed};
    net::seeded_rng rng{seed};
    for (int i = 0; i < 30; ++i)
      of.offer(i, i % 3);
    for (int i = 0; i < 200; ++i) {
      for (auto number : of.dials())
        of.fail(number, std::chrono::seconds{rng.below(100)});
      auto due = of.plan.when();
      BOOST_REQUIRE(due.has_value());
      auto early = of.plan;
      if (*due > of.now)
        BOOST_REQUIRE(!early.next(*due - 1ns, of.random).has_value());
      of.now = std::max(of.now, *due);
      BOOST_REQUIRE(!of.dials().empty());
      for (int j = 0; j < 30; ++j)
        of.fail(j);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
