// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/outbox.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(outbox_test)

namespace {

using namespace std::chrono_literals;

constexpr auto write_timeout = 20s;

/// An outbox of two sub-protocols, whose messages are sealed as they are.
struct outbox_fixture {
  net::block_cache memory;
  rlpx::session session{rlpx::cleartext{}};
  outbox subject{nullptr, nullptr, &memory};
  outbox::time_point now{1h};

  outbox_fixture() { subject.open(2, 1 << 20); }

  void push(std::uint16_t index, std::size_t size, std::uint32_t receipt = 0) {
    subject.push({.payload = blob{bytes(size, 0xaa)}, .receipt = receipt, .index = index});
  }

  void begin_large(std::size_t size, std::uint32_t receipt) {
    push(0, size, receipt);
    subject.begin_large(subject.pop(), session);
  }

  void gather(outbox& from) {
    auto& frames = from.frames(now);
    while (from.wants_more()) {
      auto next = from.pop();
      auto payload = next.payload.view();
      frames.insert(frames.end(), payload.begin(), payload.end());
      from.on_sealed(next);
    }
  }

  void gather() { gather(subject); }

  /// Returns the number of bytes that are still to be written.
  std::size_t left() { return subject.unwritten(std::size_t{1} << 30).size(); }

  void write_all() { subject.on_written(left(), now); }

  /// Returns the receipts of the messages in flight, all of them answered.
  std::vector<std::uint32_t> answer() {
    std::vector<std::uint32_t> out;
    for (; subject.in_flight() != 0; subject.on_answered())
      out.push_back(subject.in_flight());
    return out;
  }
};

using receipts = std::vector<std::uint32_t>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_outbox, outbox_fixture)

BOOST_AUTO_TEST_CASE(gathers_messages_until_they_are_enough_for_a_write) {
  BOOST_TEST(!subject.wants_more());
  for (int i = 0; i < 10; ++i)
    push(0, 50'000);
  gather();
  BOOST_TEST(left() == 150'000u);
  write_all();
  BOOST_TEST(!subject.has_frames());
  gather();
  BOOST_TEST(left() == 150'000u);
}

BOOST_AUTO_TEST_CASE(gathers_less_where_the_rate_is_limited) {
  outbox slow{std::make_shared<rate_limit>(1000), nullptr, nullptr};
  slow.open(1, 1 << 20);
  for (int i = 0; i < 10; ++i)
    slow.push({.payload = blob{bytes(3000)}});
  gather(slow);
  BOOST_TEST(slow.unwritten(1 << 20).size() == 6000u);
}

BOOST_AUTO_TEST_CASE(goes_on_behind_the_bytes_that_were_written) {
  subject.frames(now) = {1, 2, 3, 4, 5};
  BOOST_TEST(subject.unwritten(2).size() == 2u);
  subject.on_written(2, now);
  BOOST_TEST(subject.has_frames());
  BOOST_TEST(subject.unwritten(2)[0] == 3);
  subject.on_written(0, now);
  BOOST_TEST(left() == 3u);
  subject.on_written(3, now);
  BOOST_TEST(!subject.has_frames());
}

BOOST_AUTO_TEST_CASE(knows_which_writers_are_to_be_answered_in_the_order_of_their_messages) {
  push(0, 10, 7);
  push(0, 10);
  push(1, 10, 3);
  push(0, 10, 5);
  BOOST_TEST(subject.in_flight() == 0u);
  gather();
  write_all();
  BOOST_TEST((answer() == receipts{7, 5, 3}));
  BOOST_TEST(subject.in_flight() == 0u);
}

BOOST_AUTO_TEST_CASE(names_a_writer_until_it_was_answered) {
  push(0, 10, 7);
  gather();
  BOOST_TEST(subject.in_flight() == 7u);
  BOOST_TEST(subject.in_flight() == 7u);
  subject.on_answered();
  BOOST_TEST(subject.in_flight() == 0u);
}

BOOST_AUTO_TEST_CASE(drops_what_waits_and_names_the_writers_that_wait_for_it) {
  push(0, 10);
  push(0, 10, 7);
  push(1, 10, 3);
  push(1, 10);
  BOOST_TEST(subject.drop() == 7u);
  BOOST_TEST(subject.drop() == 3u);
  BOOST_TEST(subject.drop() == 0u);
  BOOST_TEST(!subject.wants_more());
}

BOOST_AUTO_TEST_CASE(holds_a_message_that_waits) {
  BOOST_TEST(!subject.holds(0));
  push(0, 10);
  BOOST_TEST(subject.holds(0));
  BOOST_TEST(!subject.holds(1));
  gather();
  BOOST_TEST(!subject.holds(0));
}

BOOST_AUTO_TEST_CASE(holds_a_message_in_flight_whose_writer_waits) {
  push(1, 10, 7);
  gather();
  BOOST_TEST(subject.holds(1));
  BOOST_TEST(!subject.holds(0));
  write_all();
  BOOST_TEST(subject.holds(1));
  subject.on_answered();
  BOOST_TEST(!subject.holds(1));
}

BOOST_AUTO_TEST_CASE(seals_a_large_message_chunk_by_chunk_behind_all_other_frames) {
  begin_large(200'000, 7);
  BOOST_TEST(!subject.wants_more());
  subject.frames(now) = {1, 2, 3};
  while (subject.has_to_prepare())
    subject.prepare(65'536, now);
  BOOST_TEST(!subject.can_begin_frame());
  write_all();
  BOOST_TEST(subject.can_begin_frame());
  BOOST_TEST(subject.in_flight() == 0u);
  std::size_t written = 0;
  do {
    BOOST_TEST(!subject.seal_chunk(session, now));
    BOOST_TEST(subject.in_flight() == 7u);
    BOOST_TEST(left() <= net::byte_chain::chunk_size);
    written += left();
    subject.on_written(1, now);
    write_all();
    BOOST_TEST(!subject.has_frames());
  } while (subject.is_in_frame());
  BOOST_TEST(written == 32u + rlpx::frame_codec::body_size(200'001));
}

BOOST_AUTO_TEST_CASE(holds_a_large_message_until_it_is_written) {
  begin_large(200'000, 0);
  BOOST_TEST(subject.holds(0));
  BOOST_TEST(!subject.holds(1));
  while (subject.has_to_prepare())
    subject.prepare(1 << 20, now);
  do {
    BOOST_TEST(subject.holds(0));
    BOOST_TEST(!subject.seal_chunk(session, now));
    write_all();
  } while (subject.is_in_frame());
  BOOST_TEST(!subject.holds(0));
}

BOOST_AUTO_TEST_CASE(drops_a_large_message_that_was_not_begun) {
  begin_large(200'000, 7);
  subject.prepare(65'536, now);
  push(0, 10, 3);
  BOOST_TEST(subject.drop() == 7u);
  BOOST_TEST(!subject.has_to_prepare());
  BOOST_TEST(subject.drop() == 3u);
  BOOST_TEST(subject.drop() == 0u);
}

BOOST_AUTO_TEST_CASE(does_not_blame_the_remote_while_it_prepares) {
  begin_large(1'000'000, 0);
  BOOST_TEST(subject.on_blocked());
  now += 15s;
  subject.prepare(65'536, now);
  now += 5s;
  BOOST_TEST((subject.on_timer(now, write_timeout) == 15s));
}

BOOST_AUTO_TEST_CASE(wants_one_timer_however_often_it_is_blocked) {
  BOOST_TEST(!subject.is_blocked());
  BOOST_TEST(subject.on_blocked());
  BOOST_TEST(subject.is_blocked());
  subject.on_writable();
  BOOST_TEST(!subject.is_blocked());
  BOOST_TEST(!subject.on_blocked());
  subject.on_writable();
  BOOST_TEST(!subject.on_timer(now, write_timeout).has_value());
  BOOST_TEST(subject.on_blocked());
}

BOOST_AUTO_TEST_CASE(gives_up_when_the_remote_has_taken_nothing_in_time) {
  push(0, 100);
  gather();
  BOOST_TEST(subject.on_blocked());
  now += write_timeout - 1ns;
  BOOST_TEST((subject.on_timer(now, write_timeout) == 1ns));
  now += 1ns;
  BOOST_TEST((subject.on_timer(now, write_timeout) == 0ns));
}

BOOST_AUTO_TEST_CASE(waits_anew_after_each_byte_that_the_remote_takes) {
  push(0, 100);
  gather();
  BOOST_TEST(subject.on_blocked());
  now += 15s;
  subject.on_writable();
  subject.on_written(1, now);
  BOOST_TEST(!subject.on_blocked());
  now += 5s;
  BOOST_TEST((subject.on_timer(now, write_timeout) == 15s));
  // A write that has moved nothing is no progress.
  now += 15s;
  subject.on_written(0, now);
  BOOST_TEST((subject.on_timer(now, write_timeout) == 0ns));
}

BOOST_AUTO_TEST_CASE(starts_the_deadline_with_the_first_frame_of_a_write) {
  push(0, 100);
  gather();
  write_all();
  now += 1h;
  push(0, 100);
  gather();
  now += 1s;
  subject.frames(now).push_back(1);
  BOOST_TEST(subject.on_blocked());
  now += 4s;
  BOOST_TEST((subject.on_timer(now, write_timeout) == 15s));
}

BOOST_AUTO_TEST_CASE(gives_its_buffer_back_between_writes) {
  push(0, 10'000);
  gather();
  auto* buffer = subject.unwritten(1).data();
  write_all();
  subject.rest();
  outbox other{nullptr, nullptr, &memory};
  other.frames(now).push_back(1);
  BOOST_TEST(static_cast<const void*>(other.unwritten(1).data()) ==
             static_cast<const void*>(buffer));
}

BOOST_AUTO_TEST_CASE(forgets_its_frames_when_it_is_released) {
  subject.frames(now) = {1, 2, 3};
  subject.on_written(1, now);
  subject.release();
  BOOST_TEST(!subject.has_frames());
  subject.frames(now) = {4};
  BOOST_TEST(subject.unwritten(9).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
