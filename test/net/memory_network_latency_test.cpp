// SPDX-License-Identifier: BSL-1.0
#include "memory_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <vector>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(memory_network_latency_test)

using namespace std::chrono_literals;
using nanoseconds = std::chrono::nanoseconds;

namespace {

/// A further connection, made under the conditions of the lines.
struct another_dial : under_conditions {
  outcome accepted;
  outcome dialled;
  std::unique_ptr<listener> door = listen();
  std::unique_ptr<pending_dial> dial;

  void start() {
    door->accept(accepted.handler());
    dial = client.dial(door->local(), dialled.handler());
    settle();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(memory_with_latency, under_conditions)

BOOST_AUTO_TEST_CASE(shows_a_byte_when_the_latency_has_passed_and_not_before) {
  set(late(5ms));
  far.link->await_readable(far);
  write(near, "x");
  BOOST_TEST((subject.next_due() == 5ms));
  subject.advance_to(5ms - 1ns);
  BOOST_TEST(subject.idle());
  BOOST_TEST(take(far).first.empty());
  subject.advance_to(5ms);
  BOOST_TEST((subject.now() == 5ms));
  BOOST_TEST(!subject.next_due().has_value());
  BOOST_TEST(far.readable == 0, "the owner says when");
  settle();
  BOOST_TEST(far.readable == 1);
  BOOST_TEST(take(far).first == "x");
}

BOOST_AUTO_TEST_CASE(delays_one_direction_alone) {
  set(late(5ms));
  write(far, "x");
  BOOST_TEST(take(near).first == "x");
}

BOOST_FIXTURE_TEST_CASE(delays_connections_that_are_made_later, another_dial) {
  set(late(3ms), late(4ms));
  start();
  BOOST_TEST(accepted.calls == 0);
  subject.advance_to(3ms);
  settle();
  BOOST_TEST(accepted.calls == 1, "the server knows after one way");
  BOOST_TEST(dialled.calls == 0);
  subject.advance_to(7ms - 1ns);
  settle();
  BOOST_TEST(dialled.calls == 0);
  subject.advance_to(7ms);
  settle();
  BOOST_REQUIRE(dialled.link);
  dialled.link->write_some(as_bytes("x"));
  bytes buffer(1);
  BOOST_TEST(accepted.link->read_some(buffer).size == 0u);
  subject.advance_to(10ms);
  BOOST_TEST(accepted.link->read_some(buffer).size == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_a_dial_after_a_round_trip) {
  set(late(3ms), late(4ms));
  outcome dialled;
  auto dial = client.dial({ip, 1}, dialled.handler());
  subject.advance_to(3ms);
  settle();
  subject.advance_to(7ms - 1ns);
  settle();
  BOOST_TEST(dialled.calls == 0);
  subject.advance_to(7ms);
  settle();
  BOOST_TEST((dialled.error == errc::connection_refused));
}

BOOST_FIXTURE_TEST_CASE(closes_what_a_dial_has_made_that_is_given_up_on_the_way_back,
                        another_dial) {
  set({}, late(4ms));
  start();
  BOOST_REQUIRE(accepted.link);
  dial.reset();
  subject.advance_to(4ms);
  settle();
  BOOST_TEST(dialled.calls == 0);
  bytes buffer(1);
  BOOST_TEST((accepted.link->read_some(buffer).error == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_bytes_when_the_latency_falls) {
  set(late(5ms));
  write(near, "a");
  set({});
  write(near, "b");
  BOOST_TEST(take(far).first.empty());
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "ab");
  write(near, "c");
  BOOST_TEST(take(far).first == "c", "nothing is under way any more");
}

BOOST_AUTO_TEST_CASE(lets_what_was_written_earlier_arrive_earlier) {
  set(late(5ms));
  write(near, "a");
  write(near, "b");
  subject.advance_to(1ms);
  write(near, "c");
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "ab");
  subject.advance_to(6ms);
  BOOST_TEST(take(far).first == "c");
}

BOOST_AUTO_TEST_CASE(runs_callbacks_in_the_order_of_arrival_however_far_it_advances) {
  set(late(5ms), late(2ms));
  near.link->await_readable(near);
  far.link->await_readable(far);
  write(near, "x");
  write(far, "x");
  subject.advance_to(1s);
  subject.run_one();
  BOOST_TEST(near.readable == 1);
  BOOST_TEST(far.readable == 0);
  subject.run_one();
  BOOST_TEST(far.readable == 1);
}

BOOST_AUTO_TEST_CASE(ends_a_stream_behind_its_bytes) {
  set(late(5ms));
  write(near, "bye");
  subject.advance_to(1ms);
  close(near);
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "bye");
  BOOST_TEST(!take(far).second);
  BOOST_TEST(write(far, "x").size == 1, "the far end does not know yet");
  subject.advance_to(6ms);
  BOOST_TEST((take(far).second == errc::end_of_stream));
  BOOST_TEST((write(far, "x").error == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(resets_a_stream_with_the_same_latency) {
  set(late(5ms));
  write(far, "nobody reads this");
  write(near, "bye");
  subject.advance_to(1ms);
  close(near);
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "bye", "the reset is not here yet");
  BOOST_TEST(!take(far).second);
  subject.advance_to(6ms);
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(loses_by_a_reset_what_is_unread) {
  set(late(5ms));
  write(far, "nobody reads this");
  write(near, "nor this");
  check_reset_by_close();
}

BOOST_AUTO_TEST_CASE(resets_a_stream_to_whose_closed_end_more_comes) {
  set({}, late(5ms));
  write(far, "too late");
  write(near, "bye");
  check_reset_by_close();
}

BOOST_AUTO_TEST_CASE(never_turns_back_time_when_what_a_dial_waited_for_is_lost) {
  set(late(5ms));
  write(near, "x");
  set({});
  outcome dialled;
  auto dial = client.dial({ip, 1}, dialled.handler());
  subject.advance_to(1ms);
  subject.cut(client_ip, ip);
  BOOST_TEST((subject.next_due() == 5ms));
  subject.advance_to(5ms);
  settle();
  BOOST_TEST((dialled.error == errc::connection_refused));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(memory_with_jitter, under_conditions)

BOOST_AUTO_TEST_CASE(adds_one_quantile_always) {
  set({.latency = 5ms, .jitter = {2ms}});
  write(near, "x");
  subject.advance_to(7ms - 1ns);
  BOOST_TEST(take(far).first.empty());
  subject.advance_to(7ms);
  BOOST_TEST(take(far).first == "x");
}

BOOST_AUTO_TEST_CASE(delays_a_line_without_latency) {
  set({.jitter = {2ms}}, {.jitter = {3ms}});
  outcome dialled;
  auto dial = client.dial({ip, 1}, dialled.handler());
  subject.advance_to(2ms);
  settle();
  BOOST_TEST((subject.next_due() == 5ms));
  subject.advance_to(5ms);
  settle();
  BOOST_TEST((dialled.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(takes_the_median_without_chance) {
  const std::pair<distribution::quantiles, nanoseconds> cases[]{
    {{1ms, 2ms, 90ms}, 2ms},
    {{1ms, 4ms}, 2500us},
    {{0ms, 1ms, 2ms, 90ms}, 1500us},
    {distribution::exponential(1s), 693ms},
    {distribution::log_normal(3s, 1s), 3s},
  };
  for (const auto& [quantiles, median] : cases) {
    set({.jitter = quantiles});
    auto begin = subject.now();
    write(near, "x");
    BOOST_REQUIRE(subject.next_due().has_value());
    BOOST_TEST((*subject.next_due() - begin == median));
    subject.advance_to(*subject.next_due());
  }
}

BOOST_AUTO_TEST_CASE(lets_nothing_overtake_what_is_late) {
  set({.latency = 1ms, .jitter = {50ms}});
  write(near, "a");
  subject.advance_to(1ms);
  set({.latency = 1ms, .jitter = {2ms}});
  write(near, "b");
  subject.advance_to(2ms);
  close(near);
  subject.advance_to(51ms - 1ns);
  BOOST_TEST(take(far).first.empty());
  subject.advance_to(51ms);
  BOOST_TEST(take(far).first == "ab");
  BOOST_TEST((take(far).second == errc::end_of_stream));
}

BOOST_AUTO_TEST_CASE(says_that_it_holds) {
  set({.jitter = {1ms, 2ms}});
  BOOST_TEST((subject.conditions(client_ip, ip).jitter == distribution::uniform(1ms, 2ms)));
  BOOST_TEST(subject.conditions(ip, client_ip).jitter.empty());
}

BOOST_AUTO_TEST_CASE(leaves_another_trace_for_other_conditions) {
  const line_conditions all[]{{},
                              {.jitter = {0ms}},
                              {.jitter = {1ms}},
                              {.jitter = {1ms, 1ms}},
                              {.jitter = {1ms, 2ms}},
                              {.bandwidth = 1},
                              {.bandwidth = 2}};
  std::vector<std::uint64_t> hashes;
  for (const auto& x : all) {
    memory_network network;
    network.start_trace();
    network.set_conditions(client_ip, ip, x);
    hashes.push_back(network.trace_hash());
  }
  std::sort(hashes.begin(), hashes.end());
  BOOST_TEST((std::adjacent_find(hashes.begin(), hashes.end()) == hashes.end()));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A way to an address without a host, in a network with a seed.
struct seeded_way {
  memory_network subject;
  std::unique_ptr<datagram_socket> from;

  explicit seeded_way(std::uint64_t seed) : subject(65'536, seed) {
    if (auto bound = subject.host(client_ip).bind({client_ip, 1}))
      from = std::move(*bound);
  }

  /// Returns how long datagrams travel, each of which is sent once the one before has arrived.
  std::vector<nanoseconds> travels(const line_conditions& x, std::size_t count) {
    BOOST_REQUIRE(from);
    subject.set_conditions(client_ip, "10.0.0.1", x);
    std::vector<nanoseconds> out;
    while (out.size() < count) {
      from->send({"10.0.0.1", 1}, as_bytes("x"));
      auto due = subject.next_due();
      BOOST_REQUIRE(due.has_value());
      out.push_back(*due - subject.now());
      subject.advance_to(*due);
    }
    return out;
  }
};

double mean(const std::vector<nanoseconds>& x) {
  auto sum = std::accumulate(x.begin(), x.end(), nanoseconds{});
  return static_cast<double>(sum.count()) / static_cast<double>(x.size());
}

/// Returns the probability of a quantile in the tables.
double probability(std::size_t i) {
  return i == 0 ? 0.01 : i == 32 ? 0.99 : static_cast<double>(i) / 32;
}

} // namespace

BOOST_AUTO_TEST_SUITE(memory_with_jitter_by_chance)

BOOST_AUTO_TEST_CASE(draws_the_same_on_every_platform) {
  auto found = seeded_way{1}.travels({.latency = 1s, .jitter = {0s, 1s, 3s}}, 4);
  // SplitMix64, modulo 2^32 - 1, by another implementation of it.
  const std::vector<nanoseconds> expected{1'590'025'294ns, 1'418'347'820ns, 1'688'288'202ns,
                                          3'558'687'887ns};
  BOOST_TEST((found == expected));
}

BOOST_AUTO_TEST_CASE(draws_the_same_for_the_same_seed) {
  const line_conditions x{.jitter = distribution::log_normal(20ms, 10ms)};
  auto once = seeded_way{1}.travels(x, 100);
  BOOST_TEST((once == seeded_way{1}.travels(x, 100)));
  BOOST_TEST((once != seeded_way{2}.travels(x, 100)));
}

BOOST_AUTO_TEST_CASE(draws_all_between_two_quantiles_alike) {
  auto found = seeded_way{1}.travels({.jitter = distribution::uniform(10ms, 20ms)}, 10'000);
  std::vector<int> tenths(10);
  for (auto x : found) {
    BOOST_REQUIRE((x >= 10ms && x < 20ms));
    ++tenths[static_cast<std::size_t>((x - 10ms) / 1ms)];
  }
  // Four standard deviations, of 30 each.
  for (auto x : tenths)
    BOOST_TEST(std::abs(x - 1000) < 120);
  BOOST_TEST(mean(found) == 15e6, boost::test_tools::tolerance(0.01));
}

BOOST_AUTO_TEST_CASE(draws_as_often_below_a_quantile_as_its_probability_says) {
  const distribution::quantiles tail{0ms, 1ms, 10ms, 100ms, 1000ms};
  auto found = seeded_way{1}.travels({.jitter = tail}, 10'000);
  for (std::size_t i = 1; i < 4; ++i) {
    auto below = std::count_if(found.begin(), found.end(), [&](auto x) { return x < tail[i]; });
    BOOST_TEST(std::abs(below - static_cast<std::ptrdiff_t>(i) * 2500) < 200);
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_bytes) {
  memory_network subject{65'536, 1};
  auto door = subject.host("10.0.0.1").listen({"10.0.0.1", 1});
  BOOST_REQUIRE(door);
  outcome accepted;
  outcome dialled;
  (*door)->accept(accepted.handler());
  auto dial = subject.host(client_ip).dial((*door)->local(), dialled.handler());
  while (subject.run_one()) {
  }
  BOOST_REQUIRE(dialled.link);
  subject.set_conditions(client_ip, "10.0.0.1", {.jitter = distribution::uniform(0ms, 100ms)});
  std::string sent;
  std::string received;
  bytes buffer(1000);
  for (int i = 0; i < 500; ++i) {
    sent += static_cast<char>('a' + i % 26);
    BOOST_REQUIRE(dialled.link->write_some(as_bytes(sent).last(1)).size == 1);
    subject.advance_to(subject.now() + 1ms);
    auto count = accepted.link->read_some(buffer).size;
    received.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
  }
  BOOST_TEST(received.size() > 350u);
  BOOST_TEST(received.size() < 500u);
  BOOST_TEST(received == sent.substr(0, received.size()));
}

BOOST_AUTO_TEST_CASE(lets_a_burst_arrive_in_one_moment) {
  memory_network subject{65'536, 1};
  auto door = subject.host("10.0.0.1").listen({"10.0.0.1", 1});
  BOOST_REQUIRE(door);
  outcome dialled;
  auto dial = subject.host(client_ip).dial((*door)->local(), dialled.handler());
  while (subject.run_one()) {
  }
  BOOST_REQUIRE(dialled.link);
  subject.set_conditions(client_ip, "10.0.0.1", {.jitter = distribution::uniform(0ms, 100ms)});
  for (int i = 0; i < 1000; ++i)
    BOOST_REQUIRE(dialled.link->write_some(as_bytes("x")).size == 1);
  BOOST_REQUIRE(subject.next_due().has_value());
  subject.advance_to(*subject.next_due());
  BOOST_TEST(!subject.next_due().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(distributions)

BOOST_AUTO_TEST_CASE(are_linear_between_quantiles_and_overflow_nowhere) {
  using distribution::at;
  BOOST_TEST((at({}, 0xffffffff) == 0ns));
  BOOST_TEST((at({7ns}, 0) == 7ns));
  BOOST_TEST((at({7ns}, 0xffffffff) == 7ns));
  BOOST_TEST((at({1h, 1h}, 0xffffffff) == 1h));
  BOOST_TEST((at({0h, 1h}, 0) == 0h));
  BOOST_TEST((at({0h, 1h}, 0x40000000) == 15min));
  BOOST_TEST((at({0h, 1h}, 0xffffffff) == 1h - 839ns), "838.2 less, rounded down");
  BOOST_TEST((at({0h, 0h, 1h}, 0x80000000) == 0h));
  BOOST_TEST((at({0h, 0h, 1h}, 0xc0000000) == 30min));
  BOOST_TEST((at({0h, 2400h}, 0xc0000000) == 1800h));
}

BOOST_AUTO_TEST_CASE(have_the_quantiles_of_the_exponential_one) {
  auto found = distribution::exponential(1ms);
  BOOST_REQUIRE(found.size() == 33u);
  for (std::size_t i = 0; i < found.size(); ++i)
    BOOST_TEST(std::abs(static_cast<double>(found[i].count()) * 1e-3 +
                        std::log(1 - probability(i)) * 1000) <= 0.5);
  auto drawn = seeded_way{1}.travels({.jitter = distribution::exponential(100ms)}, 10'000);
  BOOST_TEST(mean(drawn) == 98.9e6, boost::test_tools::tolerance(0.03));
}

BOOST_AUTO_TEST_CASE(have_the_quantiles_of_the_log_normal_one) {
  auto found = distribution::log_normal(5ms, 1ms);
  BOOST_REQUIRE(found.size() == 33u);
  // Returns the probability that the standard normal distribution has for a bound of a rounded
  // value.
  auto normal = [](double per_mille) {
    return std::erfc(-std::log(per_mille / 1000) / std::sqrt(2)) / 2;
  };
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto per_mille = static_cast<double>((found[i] - 4ms).count()) * 1e-3;
    BOOST_TEST(normal(per_mille - 0.5) <= probability(i));
    BOOST_TEST(normal(per_mille + 0.5) >= probability(i));
  }
  auto drawn = seeded_way{1}.travels({.jitter = distribution::log_normal(100ms, 50ms)}, 10'000);
  BOOST_TEST(mean(drawn) == 129.8e6, boost::test_tools::tolerance(0.03));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
