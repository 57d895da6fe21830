// SPDX-License-Identifier: BSL-1.0
//
// Lines on which segments get lost, and TCP repeats them.
#include "memory_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(memory_network_loss_test)

namespace {

using namespace std::chrono_literals;
using nanoseconds = std::chrono::nanoseconds;

/// A line on which all is lost that may be.
constexpr line_conditions lossy{.latency = 5ms, .loss = 100};
/// 210 ms, doubled nine times, and two minutes six times: the time until nothing is lost any more.
constexpr nanoseconds patience = 1023 * 210ms + 5 * 120s;

/// A connection on a line that loses by chance.
struct by_chance {
  memory_network subject;
  end near;
  end far;

  explicit by_chance(std::uint64_t seed) : subject(64 << 10, seed) {
    auto door = subject.host("10.0.0.1").listen({"10.0.0.1", 1});
    outcome accepted;
    outcome dialled;
    (*door)->accept(accepted.handler());
    auto dial = subject.host(client_ip).dial((*door)->local(), dialled.handler());
    while (subject.run_one()) {
    }
    near.link = std::move(dialled.link);
    far.link = std::move(accepted.link);
    subject.set_conditions(client_ip, "10.0.0.1", {.latency = 5ms, .loss = 20});
  }

  /// Returns the times that bytes take, each of which is written alone.
  std::vector<nanoseconds> times(std::size_t count) {
    std::vector<nanoseconds> out;
    for (std::size_t i = 0; i < count; ++i) {
      const auto begin = subject.now();
      near.link->write_some(as_bytes(std::string{"x"}));
      std::uint8_t byte = 0;
      while (far.link->read_some({&byte, 1}).size == 0)
        subject.advance_to(*subject.next_due());
      out.push_back(subject.now() - begin);
    }
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(memory_with_loss, under_conditions)

BOOST_AUTO_TEST_CASE(repeats_a_write_until_it_arrives) {
  set(lossy);
  write(near, "late");
  subject.advance_to(5ms + patience - 1ns);
  BOOST_TEST(take(far).first.empty());
  subject.advance_to(5ms + patience);
  BOOST_TEST(take(far).first == "late");
}

BOOST_AUTO_TEST_CASE(lets_what_was_written_later_wait) {
  set(lossy);
  write(near, "first");
  subject.advance_to(1s);
  set({.latency = 5ms});
  write(near, ", second");
  subject.advance_to(5ms + patience - 1ns);
  BOOST_TEST(take(far).first.empty());
  subject.advance_to(5ms + patience);
  BOOST_TEST(take(far).first == "first, second");
}

BOOST_AUTO_TEST_CASE(lets_the_other_direction_go_on) {
  set(lossy, {.latency = 5ms});
  write(far, "in time");
  subject.advance_to(5ms);
  BOOST_TEST(take(near).first == "in time");
}

BOOST_AUTO_TEST_CASE(repeats_a_dial_as_tcp_does) {
  set(lossy);
  auto door = listen();
  outcome accepted;
  outcome dialled;
  door->accept(accepted.handler());
  auto waiting = client.dial(door->local(), dialled.handler());
  subject.advance_to(63s + 5ms - 1ns);
  settle();
  BOOST_TEST(accepted.calls == 0);
  subject.advance_to(63s + 5ms);
  settle();
  BOOST_TEST(accepted.calls == 1);
  accepted.link.reset();
}

BOOST_AUTO_TEST_CASE(loses_by_chance_the_same_for_the_same_seed) {
  const auto once = by_chance{1}.times(1000);
  std::size_t late = 0;
  std::size_t later = 0;
  for (auto x : once) {
    // 5 ms, and after each loss twice the wait before it.
    BOOST_TEST(((x - 5ms) % 210ms == 0ns));
    late += x > 5ms ? 1 : 0;
    later += x > 215ms ? 1 : 0;
  }
  BOOST_TEST((late > 150 && late < 250));
  BOOST_TEST((later > 15 && later < 70));
  BOOST_TEST((once == by_chance{1}.times(1000)));
  BOOST_TEST((once != by_chance{2}.times(1000)));
}

BOOST_AUTO_TEST_CASE(loses_without_chance_only_if_all_is_lost) {
  set({.latency = 5ms, .loss = 99});
  write(near, "in time");
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "in time");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::net
