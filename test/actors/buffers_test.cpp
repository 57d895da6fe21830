// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/fifo.hpp"
#include "devp2p/actors/intake.hpp"
#include "devp2p/actors/liveness.hpp"
#include "devp2p/actors/numbered.hpp"
#include "devp2p/actors/read_buffer.hpp"
#include "devp2p/actors/read_window.hpp"
#include "devp2p/actors/write_queue.hpp"

#include "scripted_account.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(buffers_test)

using namespace std::chrono_literals;

// read_buffer

namespace {

auto& plain_memory = *std::pmr::new_delete_resource();

/// Returns a pointer that owns no memory resource.
std::shared_ptr<std::pmr::memory_resource> shared_memory() {
  return {std::shared_ptr<void>{}, &plain_memory};
}

void put(read_buffer& into, byte_view what) {
  auto room = into.prepare(into.size() + what.size());
  std::copy(what.begin(), what.end(), room.begin());
  into.commit(what.size());
}

} // namespace

BOOST_AUTO_TEST_CASE(a_read_buffer_keeps_bytes_in_order_whatever_is_consumed) {
  read_buffer subject{plain_memory};
  bytes expected;
  std::uint8_t next = 0;
  for (int round = 0; round < 500; ++round) {
    bytes some(static_cast<std::size_t>(round * 7 % 1000));
    for (auto& x : some)
      x = next++;
    put(subject, some);
    expected.insert(expected.end(), some.begin(), some.end());
    auto taken = std::min<std::size_t>(expected.size(), round * 13 % 900);
    subject.consume(taken);
    expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(taken));
    auto view = subject.view();
    BOOST_REQUIRE(bytes(view.begin(), view.end()) == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_read_buffer_has_room_for_what_is_wanted_in_one_piece) {
  read_buffer subject{plain_memory};
  put(subject, bytes(100));
  BOOST_TEST(subject.prepare(1 << 20).size() >= (1u << 20) - 100);
  subject.consume(60);
  BOOST_TEST(subject.prepare(1 << 20).size() >= (1u << 20) - 40);
  BOOST_TEST(subject.size() == 40u);
}

BOOST_AUTO_TEST_CASE(a_read_buffer_at_rest_holds_no_memory) {
  read_buffer subject{plain_memory};
  put(subject, bytes(100));
  subject.rest();
  BOOST_TEST(subject.size() == 100u);
  subject.consume(100);
  subject.rest();
  BOOST_TEST(subject.view().data() == nullptr);
}

BOOST_AUTO_TEST_CASE(a_read_buffer_at_rest_keeps_little_for_a_few_bytes) {
  read_buffer subject{plain_memory};
  put(subject, bytes{1, 2, 3, 4});
  subject.consume(2);
  BOOST_TEST(subject.capacity() >= 64u << 10);
  subject.rest();
  BOOST_TEST(subject.capacity() == 2u);
  auto view = subject.view();
  BOOST_TEST((bytes(view.begin(), view.end()) == bytes{3, 4}));
}

// intake

namespace {

struct intake_fixture {
  static constexpr std::size_t header = 32;
  static constexpr std::size_t frame = 1 << 20;
  intake subject{shared_memory(), nullptr, nullptr};
  std::uint8_t next = 0;
  bytes expected;

  intake_fixture() {
    read(header);
    subject.on_parsed(header, frame);
  }

  /// Reads at most so many bytes in one go. Returns how many.
  std::size_t read(std::size_t most) {
    auto room = subject.room(64 << 10, most);
    for (auto& x : room)
      expected.push_back(x = next++);
    subject.on_read(room.size());
    return room.size();
  }

  /// Asks as a session does, and returns what is held in addition.
  std::size_t ask() {
    auto more = subject.growth();
    if (more > 0) {
      auto before = subject.held();
      subject.grant();
      BOOST_TEST(subject.held() == before + more);
    }
    return more;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(an_intake_holds_a_large_frame_and_its_payload_in_advance, intake_fixture) {
  BOOST_TEST(subject.outstanding() == 0u);
  ask();
  BOOST_TEST(subject.held() == 2 * frame);
  BOOST_TEST(subject.outstanding() == frame - header);
  BOOST_TEST(ask() == 0u);
  read(1000);
  BOOST_TEST(subject.held() == 2 * frame);
  BOOST_TEST(subject.outstanding() == frame - header - 1000);
  BOOST_TEST(subject.read() == header + 1000);
  subject.rest();
  BOOST_TEST(subject.held() == 2 * frame);
}

BOOST_FIXTURE_TEST_CASE(an_intake_reads_a_slow_frame_as_far_as_there_is_memory, intake_fixture) {
  ask();
  read(1000);
  subject.take_back();
  BOOST_TEST(subject.is_slow());
  BOOST_TEST(!subject.may_read_frame());
  BOOST_TEST(subject.held() == header + 1000);
  BOOST_TEST(subject.outstanding() == 0u);
  std::size_t steps = 0;
  while (expected.size() < frame) {
    ask();
    BOOST_REQUIRE(subject.held() <=
                  std::max(expected.size() * 3 / 2, expected.size() + (64 << 10)));
    BOOST_REQUIRE(read(std::min<std::size_t>(128 << 10, frame - expected.size())) > 0);
    BOOST_REQUIRE(subject.held() <= std::max<std::size_t>(frame, subject.capacity()));
    ++steps;
  }
  BOOST_TEST(steps < 30u);
  auto view = subject.view();
  BOOST_TEST(bool(bytes(view.begin(), view.end()) == expected));
  subject.on_parsed(0);
  BOOST_TEST(!subject.is_slow());
  subject.rest();
  BOOST_TEST(subject.held() == 0u);
}

// read_window

BOOST_AUTO_TEST_CASE(a_read_window_counts_payloads_until_their_last_reference_goes) {
  auto window = std::make_shared<read_window>(10000, shared_memory(), unlimited_account());
  auto payload = window->allocate(1000);
  BOOST_TEST(window->held() >= 1000u + read_window::overhead);
  auto copy = payload;
  payload.reset();
  BOOST_TEST(window->held() >= 1000u + read_window::overhead);
  copy.reset();
  BOOST_TEST(window->held() == 0u);
}

BOOST_AUTO_TEST_CASE(a_read_window_says_once_that_it_has_room_again) {
  int reopened = 0;
  auto window =
    std::make_shared<read_window>(2000, shared_memory(), unlimited_account([&] { ++reopened; }));
  auto first = window->allocate(1000);
  BOOST_TEST(!window->must_wait());
  auto second = window->allocate(1000);
  BOOST_TEST(window->must_wait());
  first.reset();
  BOOST_TEST(reopened == 1);
  second.reset();
  BOOST_TEST(reopened == 1);
}

BOOST_AUTO_TEST_CASE(a_read_window_that_nobody_found_full_says_nothing) {
  int reopened = 0;
  auto window =
    std::make_shared<read_window>(100, shared_memory(), unlimited_account([&] { ++reopened; }));
  window->allocate(1000).reset();
  BOOST_TEST(reopened == 0);
}

BOOST_AUTO_TEST_CASE(payloads_may_outlive_all_else_that_knows_their_window) {
  std::shared_ptr<std::uint8_t[]> payload;
  {
    auto window = std::make_shared<read_window>(100, shared_memory(), unlimited_account());
    payload = window->allocate(1000);
  }
  payload.reset();
}

BOOST_AUTO_TEST_CASE(a_read_window_is_never_left_full_by_a_race) {
  std::atomic<int> reopened{0};
  auto window =
    std::make_shared<read_window>(1, shared_memory(), unlimited_account([&] { ++reopened; }));
  for (int i = 0; i < 2000; ++i) {
    auto payload = window->allocate(1);
    auto before = reopened.load();
    std::thread other{[&] { payload.reset(); }};
    auto full = window->must_wait();
    other.join();
    // The account is woken, once, iff the reader was told to wait.
    BOOST_REQUIRE(reopened.load() - before == (full ? 1 : 0));
  }
}

// write_queue

namespace {

pending_write some(std::uint16_t index, std::uint64_t id, std::size_t size) {
  return {.id = id, .payload = blob{bytes(size)}, .index = index};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_write_queue_has_room_up_to_its_limit_for_each_protocol) {
  write_queue subject;
  subject.open(2, 3000);
  BOOST_TEST(subject.has_room_for(0, 1000000)); // One message always fits.
  subject.push(some(0, 1, 2000));
  BOOST_TEST(!subject.has_room_for(0, 1000));
  BOOST_TEST(subject.has_room_for(0, 500));
  BOOST_TEST(subject.has_room_for(1, 1000000));
  subject.push(some(0, 2, 500));
  BOOST_TEST(subject.pop().id == 1u);
  BOOST_TEST(subject.has_room_for(0, 1000));
  BOOST_TEST(subject.pop().id == 2u);
  BOOST_TEST(subject.empty());
}

BOOST_AUTO_TEST_CASE(a_write_queue_counts_messages_without_content) {
  write_queue subject;
  subject.open(1, 3000);
  int pushed = 0;
  for (; pushed < 10000 && subject.has_room_for(0, 0); ++pushed)
    subject.push(some(0, 1, 0));
  BOOST_TEST(pushed > 1);
  BOOST_TEST(pushed < 1000);
}

BOOST_AUTO_TEST_CASE(a_write_queue_keeps_each_protocols_order) {
  write_queue subject;
  subject.open(3, 1 << 20);
  for (std::uint64_t i = 0; i < 300; ++i)
    subject.push(some(static_cast<std::uint16_t>(i % 3), i, i * 37 % 5000));
  std::uint64_t next[] = {0, 1, 2};
  for (int i = 0; i < 300; ++i) {
    auto id = subject.pop().id;
    BOOST_REQUIRE(id == next[id % 3]);
    next[id % 3] += 3;
  }
  BOOST_TEST(subject.empty());
}

BOOST_AUTO_TEST_CASE(a_write_queue_shares_bytes_whatever_the_messages_sizes) {
  // The size of the messages of each protocol.
  const std::size_t sizes[] = {100, 1000, 50000, 1000000};
  write_queue subject;
  subject.open(4, std::size_t{64} << 20);
  for (std::uint16_t i = 0; i < 4; ++i)
    while (subject.has_room_for(i, sizes[i]))
      subject.push(some(i, i, sizes[i]));
  std::size_t taken[4] = {};
  for (std::size_t all = 0; all < 40'000'000;) {
    auto next = subject.pop();
    taken[next.id] += next.payload.size() + write_queue::overhead;
    all += next.payload.size() + write_queue::overhead;
  }
  for (auto x : taken) {
    // Each protocol may be ahead by one turn, or by the one message that is longer than that.
    BOOST_TEST(x > 9'000'000u);
    BOOST_TEST(x < 11'000'000u);
  }
}

BOOST_AUTO_TEST_CASE(a_write_queue_saves_nothing_up_for_who_is_silent) {
  write_queue subject;
  subject.open(2, 1 << 20);
  for (int i = 0; i < 10; ++i)
    subject.push(some(0, 0, 20000));
  for (int i = 0; i < 9; ++i)
    static_cast<void>(subject.pop());
  // Another protocol now has messages to write, and gets its share at once.
  for (int i = 0; i < 10; ++i) {
    subject.push(some(0, 0, 20000));
    subject.push(some(1, 1, 20000));
  }
  std::size_t taken[2] = {};
  for (int i = 0; i < 8; ++i)
    ++taken[subject.pop().id];
  BOOST_TEST(taken[1] >= 3u);
}

// fifo

BOOST_AUTO_TEST_CASE(a_fifo_gives_what_it_was_given_in_order) {
  fifo<int> subject;
  int in = 0;
  int out = 0;
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < round * 7 % 61; ++i)
      subject.push(in++);
    for (int i = 0; i < round * 5 % 53 && !subject.empty(); ++i)
      BOOST_REQUIRE(subject.pop() == out++);
    BOOST_REQUIRE(subject.size() == static_cast<std::size_t>(in - out));
  }
}

// numbered

BOOST_AUTO_TEST_CASE(numbered_items_are_found_by_numbers_from_one_on) {
  numbered<std::string> subject;
  BOOST_TEST(subject.empty());
  BOOST_TEST(subject.add("a") == 1u);
  BOOST_TEST(subject.add("b") == 2u);
  BOOST_TEST(subject[1] == "a");
  BOOST_TEST(subject[2] == "b");
  BOOST_TEST(!subject.empty());
}

BOOST_AUTO_TEST_CASE(the_numbers_of_removed_items_are_used_again) {
  numbered<int> subject;
  std::map<std::uint32_t, int> expected;
  for (int i = 0; i < 2000; ++i) {
    auto added = subject.add(i);
    BOOST_REQUIRE(expected.emplace(added, i).second);
    // Removes a number from the middle twice out of three times, and all of them now and then.
    while (i % 3 != 0 && !expected.empty()) {
      auto gone = std::next(expected.begin(), i % static_cast<int>(expected.size()));
      BOOST_REQUIRE(subject[gone->first] == gone->second);
      subject.remove(gone->first);
      expected.erase(gone);
      if (i % 500 > 50)
        break;
    }
    BOOST_REQUIRE(subject.empty() == expected.empty());
  }
  for (auto [number, item] : expected) {
    BOOST_TEST(subject[number] == item);
    BOOST_TEST(number <= 700u);
  }
}

BOOST_AUTO_TEST_CASE(a_removed_item_is_released_at_once) {
  numbered<std::shared_ptr<int>> subject;
  auto item = std::make_shared<int>(1);
  auto first = subject.add(item);
  static_cast<void>(subject.add(nullptr));
  subject.remove(first);
  BOOST_TEST(item.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(numbered_items_can_be_removed_all_at_once) {
  numbered<std::shared_ptr<int>> subject;
  auto item = std::make_shared<int>(1);
  subject.remove(subject.add(item));
  static_cast<void>(subject.add(item));
  static_cast<void>(subject.add(item));
  long count = 0;
  subject.clear([&](const auto& x) { count += x ? 1 : 0; });
  BOOST_TEST(count == 2);
  BOOST_TEST(item.use_count() == 1);
  BOOST_TEST(subject.empty());
  BOOST_TEST(subject.add(item) == 1u);
}

// liveness

BOOST_AUTO_TEST_CASE(silent_intervals_are_counted_until_any_frame_comes) {
  liveness subject;
  // Hello is the only frame so far.
  subject.on_interval(1);
  BOOST_TEST(subject.silent_intervals() == 1u);
  subject.on_interval(1);
  BOOST_TEST(subject.silent_intervals() == 2u);
  subject.on_interval(2);
  BOOST_TEST(subject.silent_intervals() == 0u);
}

BOOST_AUTO_TEST_CASE(round_trips_are_kept_as_last_minimum_and_smoothed) {
  liveness subject;
  BOOST_TEST((subject.times() == round_trip{}));
  subject.on_pong(80ms);
  BOOST_TEST((subject.times() == round_trip{80ms, 80ms, 80ms}));
  subject.on_pong(160ms);
  BOOST_TEST((subject.times() == round_trip{160ms, 80ms, 90ms}));
  subject.on_pong(10ms);
  BOOST_TEST((subject.times() == round_trip{10ms, 10ms, 80ms}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
