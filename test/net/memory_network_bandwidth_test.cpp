// SPDX-License-Identifier: BSL-1.0
//
// Lines that take time for every byte.
#include "memory_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(memory_network_bandwidth_test)

using namespace std::chrono_literals;
using nanoseconds = std::chrono::nanoseconds;

namespace {

line_conditions slow(std::uint64_t bandwidth) {
  return {.bandwidth = bandwidth};
}

struct slow_lines : under_conditions {
  /// Reads all data that has come.
  static std::size_t drain(end& at) {
    bytes buffer(65'536);
    return at.link->read_some(buffer).size;
  }

  /// Writes `size` bytes at once.
  void give(end& from, std::size_t size) {
    BOOST_REQUIRE(write(from, std::string(size, 'x')).size == size);
  }

  /// Returns the moments at which anything arrives, until nothing is under way.
  std::vector<nanoseconds> arrivals() {
    std::vector<nanoseconds> out;
    while (auto due = subject.next_due()) {
      out.push_back(*due);
      subject.advance_to(*due);
    }
    return out;
  }

  /// Returns the time that `size` bytes take there if each end does what it can at any moment.
  nanoseconds transfer(std::size_t size) {
    auto begin = subject.now();
    std::size_t sent = 0;
    std::size_t received = 0;
    while (received < size) {
      while (auto more =
               write(near, std::string(std::min<std::size_t>(size - sent, 1000), 'x')).size)
        sent += more;
      BOOST_REQUIRE(subject.next_due().has_value());
      subject.advance_to(*subject.next_due());
      received += drain(far);
    }
    return subject.now() - begin;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(memory_with_bandwidth, slow_lines)

BOOST_AUTO_TEST_CASE(carries_as_much_a_second_as_it_says) {
  set(slow(100'000));
  BOOST_TEST((transfer(1'000'000) == 10s));
}

BOOST_AUTO_TEST_CASE(is_used_in_full_while_bytes_are_under_way) {
  set({.latency = 50ms, .jitter = {10ms}, .bandwidth = 100'000});
  BOOST_TEST((transfer(1'000'000) == 10s + 60ms));
}

BOOST_AUTO_TEST_CASE(lets_a_write_arrive_with_its_last_byte) {
  set({.latency = 5ms, .bandwidth = 1000});
  give(near, 2000);
  subject.advance_to(2005ms - 1ns);
  BOOST_TEST(drain(far) == 0u);
  subject.advance_to(2005ms);
  BOOST_TEST(drain(far) == 2000u);
}

BOOST_AUTO_TEST_CASE(is_shared_by_all_connections_of_one_direction) {
  end second;
  end second_far;
  connect(second, second_far);
  set(slow(100'000), slow(200'000));
  give(near, 50'000);
  give(second, 50'000);
  give(far, 50'000);
  subject.advance_to(250ms - 1ns);
  BOOST_TEST(drain(near) == 0u);
  subject.advance_to(250ms);
  BOOST_TEST(drain(near) == 50'000u, "the other direction has its own");
  subject.advance_to(500ms);
  BOOST_TEST(drain(far) == 50'000u);
  subject.advance_to(1s - 1ns);
  BOOST_TEST(drain(second_far) == 0u);
  subject.advance_to(1s);
  BOOST_TEST(drain(second_far) == 50'000u);
}

BOOST_AUTO_TEST_CASE(makes_a_writer_wait) {
  set(slow(1000));
  BOOST_TEST(fill(near) == 65'536u);
  near.link->await_writable(near);
  subject.advance_to(1s - 1ns);
  drain(far);
  settle();
  BOOST_TEST(near.writable == 0);
  subject.advance_to(1s);
  BOOST_TEST(drain(far) == 1000u);
  settle();
  BOOST_TEST(near.writable == 1);
  BOOST_TEST(fill(near) == 1000u);
}

BOOST_AUTO_TEST_CASE(is_not_saved_for_later) {
  set(slow(1000));
  give(near, 1000);
  subject.advance_to(10s);
  give(near, 1000);
  BOOST_TEST((subject.next_due() == 11s));
}

BOOST_AUTO_TEST_CASE(holds_for_what_is_sent_after_it_has_changed) {
  set(slow(1000));
  give(near, 1000);
  subject.advance_to(500ms);
  set(slow(2000));
  give(near, 1000);
  set({});
  give(near, 10);
  BOOST_TEST((arrivals() == std::vector<nanoseconds>{1s, 1500ms}));
  BOOST_TEST(drain(far) == 2010u);
  give(near, 10);
  BOOST_TEST(drain(far) == 10u, "it is instant again");
}

BOOST_AUTO_TEST_CASE(loses_no_fraction_when_it_changes) {
  set(slow(3));
  give(near, 1);
  set(slow(7));
  give(near, 1);
  BOOST_TEST((arrivals() == std::vector<nanoseconds>{333'333'334ns, 476'190'477ns}));
}

BOOST_AUTO_TEST_CASE(takes_no_time_for_dials_and_endings) {
  set({.latency = 1ms, .bandwidth = 1});
  outcome dialled;
  auto dial = client.dial({ip, 1}, dialled.handler());
  close(near);
  subject.advance_to(1ms);
  settle();
  BOOST_TEST((dialled.error == errc::connection_refused));
  BOOST_TEST((take(far).second == errc::end_of_stream));
}

BOOST_AUTO_TEST_CASE(makes_dials_and_endings_wait_for_bytes) {
  set(slow(1000));
  give(near, 50);
  outcome dialled;
  auto dial = client.dial({ip, 1}, dialled.handler());
  close(near);
  subject.advance_to(50ms - 1ns);
  settle();
  BOOST_TEST(dialled.calls == 0);
  subject.advance_to(50ms);
  settle();
  BOOST_TEST(dialled.calls == 1);
  BOOST_TEST(take(far).first.size() == 50u);
  BOOST_TEST((take(far).second == errc::end_of_stream));
}

BOOST_AUTO_TEST_CASE(is_taken_by_datagrams) {
  auto socket = client.bind({client_ip, 1});
  BOOST_REQUIRE(socket);
  set({.latency = 1ms, .bandwidth = 1000});
  (*socket)->send({ip, 1}, bytes(500));
  (*socket)->send({ip, 1}, {}); // Without content it takes no time.
  give(near, 500);
  BOOST_TEST((arrivals() == std::vector<nanoseconds>{501ms, 1001ms}));
}

BOOST_AUTO_TEST_CASE(is_not_taken_by_datagrams_that_get_lost) {
  auto socket = client.bind({client_ip, 1});
  BOOST_REQUIRE(socket);
  set({.bandwidth = 1000, .datagram_loss = 100});
  (*socket)->send({ip, 1}, bytes(500));
  give(near, 500);
  BOOST_TEST((arrivals() == std::vector<nanoseconds>{500ms}));
}

BOOST_AUTO_TEST_CASE(may_be_a_byte_a_second) {
  set(slow(1));
  BOOST_TEST(fill(near) == 65'536u);
  BOOST_TEST((arrivals().back() == 65'536s));
  BOOST_TEST(drain(far) == 65'536u);
}

BOOST_AUTO_TEST_CASE(may_be_a_thousand_bytes_a_nanosecond) {
  set(slow(1'000'000'000'000));
  give(near, 1);
  BOOST_TEST((subject.next_due() == 1ns), "it is never there before all of it has left");
  give(near, 1499);
  give(near, 1500);
  give(near, 40'000);
  BOOST_TEST((arrivals() == std::vector<nanoseconds>{1ns, 2ns, 3ns, 43ns}));
}

BOOST_AUTO_TEST_CASE(may_be_the_largest) {
  set(slow(1'000'000'000'000'000'000));
  for (int i = 0; i < 3; ++i)
    give(near, 20'000);
  BOOST_TEST((arrivals() == std::vector<nanoseconds>{1ns}));
  BOOST_TEST(drain(far) == 60'000u);
}

BOOST_AUTO_TEST_CASE(adds_up_exactly_however_small_the_parts) {
  auto socket = client.bind({client_ip, 1});
  BOOST_REQUIRE(socket);
  set(slow(7));
  for (int i = 0; i < 700; ++i)
    (*socket)->send({ip, 1}, bytes(1));
  auto found = arrivals();
  BOOST_REQUIRE(found.size() == 700u);
  for (std::int64_t i = 0; i < 700; ++i)
    BOOST_REQUIRE(
      (found[static_cast<std::size_t>(i)] == nanoseconds{((i + 1) * 1'000'000'000 + 6) / 7}));
  BOOST_TEST((found.back() == 100s));
}

BOOST_AUTO_TEST_CASE(makes_few_segments_of_small_writes) {
  set(slow(1000));
  for (int i = 0; i < 14'600; ++i)
    give(near, 1);
  auto found = arrivals();
  BOOST_TEST(found.size() == 10u);
  BOOST_TEST((found.front() == 1460ms), "the first do not wait for the last");
  BOOST_TEST((found.back() == 14'600ms));
  BOOST_TEST(drain(far) == 14'600u);
}

BOOST_AUTO_TEST_CASE(passes_while_the_line_is_stalled) {
  set({.bandwidth = 1000, .stalled = true});
  give(near, 2000);
  give(near, 2000);
  subject.advance_to(3s);
  set(slow(1000));
  BOOST_TEST(drain(far) == 2000u, "its time has come");
  BOOST_TEST((arrivals() == std::vector<nanoseconds>{4s}));
}

BOOST_AUTO_TEST_CASE(is_free_again_when_the_line_is_cut) {
  set(slow(3));
  give(near, 65'536);
  subject.advance_to(1s);
  subject.cut(client_ip, ip);
  set({});
  connect(near, far);
  set(slow(3));
  give(near, 3);
  BOOST_TEST((subject.next_due() == 2s));
}

BOOST_AUTO_TEST_CASE(is_said) {
  set(slow(5));
  BOOST_TEST(subject.conditions(client_ip, ip).bandwidth == 5u);
  BOOST_TEST(subject.conditions(ip, client_ip).bandwidth == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
