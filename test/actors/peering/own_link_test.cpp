// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/own_link.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(own_link_test)

namespace {

using namespace std::chrono_literals;

nat::address_key network(unsigned number) {
  nat::address_key out{};
  out[0] = 1;
  out[1] = static_cast<std::uint8_t>(number >> 8);
  out[2] = static_cast<std::uint8_t>(number);
  return out;
}

struct link_fixture {
  own_link subject;
  own_link::time_point now{1h};

  /// Has nodes fail, each of a network of its own, of sources that take turns.
  void fail(unsigned nodes, unsigned sources, unsigned first_network = 0) {
    for (unsigned i = 0; i < nodes; ++i)
      subject.on_failed(i % sources, network(first_network + i), now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_own_link, link_fixture)

BOOST_AUTO_TEST_CASE(is_down_if_many_networks_of_several_sources_fail_in_silence) {
  subject.on_heard(now);
  now += 30s;
  fail(4, 2);
  BOOST_TEST(subject.is_up());
  fail(1, 1, 4);
  BOOST_TEST(!subject.is_up());
  BOOST_TEST((subject.down_since() == now));
}

BOOST_AUTO_TEST_CASE(is_up_as_long_as_anybody_is_heard) {
  for (int i = 0; i < 1000; ++i) {
    subject.on_heard(now);
    now += 29s;
    fail(60, 4);
    BOOST_REQUIRE(subject.is_up());
    now += 1ns;
  }
}

BOOST_AUTO_TEST_CASE(is_not_down_for_one_source_of_several) {
  subject.add_source(0);
  subject.add_source(1);
  for (int i = 0; i < 10; ++i) {
    fail(60, 1);
    now += 20s;
  }
  BOOST_TEST(subject.is_up());
  subject.forget_source(1);
  fail(1, 1);
  BOOST_TEST(!subject.is_up());
}

BOOST_AUTO_TEST_CASE(is_not_down_for_a_few_networks_that_have_any_number_of_nodes) {
  for (int i = 0; i < 100; ++i) {
    subject.on_failed(0, network(1), now);
    subject.on_failed(1, network(2), now);
    now += 1s;
  }
  BOOST_TEST(subject.is_up());
}

BOOST_AUTO_TEST_CASE(is_not_down_for_failures_that_are_far_apart) {
  for (unsigned i = 0; i < 200; ++i) {
    subject.on_failed(i % 3, network(i), now);
    now += 31s;
    BOOST_REQUIRE(subject.is_up());
  }
}

BOOST_AUTO_TEST_CASE(is_down_for_a_node_that_knows_three_others) {
  fail(3, 1);
  BOOST_TEST(subject.is_up());
  now += 4min;
  fail(3, 1);
  BOOST_TEST(!subject.is_up());
}

BOOST_AUTO_TEST_CASE(is_probed_at_intervals_until_anybody_answers) {
  fail(5, 2);
  BOOST_TEST(subject.may_dial(now));
  subject.on_dialled(now, 0.5);
  BOOST_TEST(!subject.may_dial(now + 6s));
  BOOST_TEST((subject.when() == now + 6250ms));
  BOOST_TEST(subject.may_dial(now + 6250ms));
  subject.on_heard(now + 7s);
  BOOST_TEST(subject.is_up());
  BOOST_TEST(subject.may_dial(now + 7s));
  BOOST_TEST(!subject.when());
  // What failed before is forgotten.
  now += 1min;
  fail(4, 2);
  BOOST_TEST(subject.is_up());
}

// 40 nodes of 40 networks and two sources, 30 % of which are dead for ever. Sessions are heard
// every 15 s. The link is down for an hour.
BOOST_AUTO_TEST_CASE(is_found_down_within_a_minute_and_up_within_two_in_100_runs) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937_64 random{seed};
    own_link link;
    std::vector<bool> alive(40);
    for (std::size_t i = 0; i < alive.size(); ++i)
      alive[i] = random() % 10 >= 3;
    const own_link::time_point start{1h};
    const auto broken = start + 10min, mended = broken + 1h;
    struct dial {
      own_link::time_point answered;
      std::size_t node;
    };
    std::vector<dial> dials;
    std::size_t while_down = 0;
    std::optional<own_link::time_point> found_down, found_up;
    for (auto now = start; now < mended + 5min; now += 1s) {
      auto works = now < broken || now >= mended;
      if (works && now < broken && (now - start) % 15s == 0s)
        link.on_heard(now);
      for (const auto& x : dials)
        if (x.answered <= now)
          link.on_failed(x.node % 2, network(static_cast<unsigned>(x.node)), now);
      std::erase_if(dials, [&](const auto& x) { return x.answered <= now; });
      if (!link.is_up() && !found_down)
        found_down = now;
      if ((link.is_up() ? (now - start) % 3s == 0s : link.may_dial(now))) {
        auto node = random() % alive.size();
        while_down += link.is_up() ? 0 : 1;
        link.on_dialled(now, static_cast<double>(random() % 100) / 100);
        if (works && alive[node])
          link.on_heard(now);
        else
          dials.push_back({now + 15s, node});
      }
      if (found_down && link.is_up() && !found_up)
        found_up = now;
    }
    BOOST_TEST_CONTEXT("seed " << seed) {
      BOOST_REQUIRE((found_down && *found_down >= broken && *found_down <= broken + 1min));
      BOOST_REQUIRE((found_up && *found_up >= mended && *found_up <= mended + 2min));
      // One in 5 s at most.
      BOOST_TEST(while_down <= 3720 / 5);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
