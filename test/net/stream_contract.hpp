// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "contract_fixture.hpp"
#include "echo_check.hpp"

/// The part of `network_contract.hpp` that is about streams.
namespace devp2p::net {

BOOST_FIXTURE_TEST_SUITE(contract_of_a_stream, connected)

BOOST_AUTO_TEST_CASE(carries_a_mebibyte_there_and_back_through_small_buffers) {
  echo_check subject{*near.link};
  echo other{*far.link};
  run([&] {
    other.on_writable();
    subject.start();
  });
  run_until([&] { return subject.end.has_value(); });
  BOOST_TEST((subject.end == errc::end_of_stream));
  BOOST_TEST(subject.returned == echo_check::total);
  BOOST_TEST(subject.in_order);
}

BOOST_AUTO_TEST_CASE(knows_both_its_ends) {
  BOOST_TEST((near.link->local() == far.link->remote()));
  BOOST_TEST((near.link->remote() == far.link->local()));
  BOOST_TEST(near.link->remote().host == ip);
  BOOST_TEST(near.link->remote().port != 0);
}

BOOST_AUTO_TEST_CASE(says_neither_bytes_nor_error_while_there_is_nothing_to_read) {
  io_result result;
  run([&] {
    byte_array<8> buffer;
    result = near.link->read_some(buffer);
  });
  BOOST_TEST(result.size == 0);
  BOOST_TEST(!result.error);
}

BOOST_AUTO_TEST_CASE(is_readable_only_when_something_came) {
  run([&] { near.link->await_readable(near); });
  settle();
  BOOST_TEST(near.readable == 0);
  write(far, "x");
  run_until([&] { return near.readable > 0; });
  write(far, "y");
  settle();
  BOOST_TEST(near.readable == 1, "one call each time it is asked for");
}

BOOST_AUTO_TEST_CASE(never_calls_from_within_a_call) {
  write(far, "x");
  await(near);
  auto readable = 0;
  auto writable = 0;
  run([&] {
    near.link->await_readable(near);
    near.link->await_writable(near);
    readable = near.readable;
    writable = near.writable;
  });
  BOOST_TEST(readable == 1, "only what was awaited before");
  BOOST_TEST(writable == 0);
  run_until([&] { return near.readable == 2 && near.writable == 1; });
}

BOOST_AUTO_TEST_CASE(still_reads_after_its_own_direction_was_shut_down) {
  write(near, "question");
  run([&] { near.link->shutdown_write(); });
  BOOST_TEST(read(far).first == "question");
  BOOST_TEST((read(far).second == errc::end_of_stream));
  write(far, "answer");
  BOOST_TEST(read(near).first == "answer");
}

BOOST_AUTO_TEST_CASE(cannot_write_after_its_own_direction_was_shut_down) {
  run([&] { near.link->shutdown_write(); });
  BOOST_TEST((write(near, "x").error == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(reads_what_was_under_way_before_it_says_end_of_stream) {
  write(far, "bye");
  close(far);
  BOOST_TEST(read(near).first == "bye");
  BOOST_TEST((read(near).second == errc::end_of_stream));
  BOOST_TEST((read(near).second == errc::end_of_stream), "however often it is asked");
}

BOOST_AUTO_TEST_CASE(tells_who_waits_that_the_remote_is_gone) {
  run([&] { near.link->await_readable(near); });
  close(far);
  run_until([&] { return near.readable == 1; });
}

BOOST_AUTO_TEST_CASE(says_connection_reset_to_who_writes_to_a_destroyed_end) {
  close(far);
  // TCP may believe the first bytes to be on their way.
  auto result = write(near, "x");
  for (auto tries = 0; tries < 10 && !result.error; ++tries) {
    settle();
    result = write(near, "x");
  }
  BOOST_TEST((result.error == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(says_connection_reset_when_the_remote_left_without_reading_everything) {
  write(near, "nobody reads this");
  await(far);
  close(far);
  BOOST_TEST((read(near).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(stops_a_writer_whom_nobody_reads) {
  const std::string chunk(1 << 16, 'x');
  std::size_t sent = 0;
  for (auto last = sent + 1; last != sent && sent < 1 << 28;) {
    last = sent;
    while (auto size = write(near, chunk).size)
      sent += size;
    settle();
  }
  BOOST_TEST(sent > 0);
  BOOST_TEST(sent < 1 << 28);
  run([&] { near.link->await_writable(near); });
  settle();
  BOOST_TEST(near.writable == 0);
  std::size_t received = 0;
  bytes buffer(1 << 16);
  while (received < sent) {
    await(far);
    run([&] { received += far.link->read_some(buffer).size; });
  }
  BOOST_TEST(received == sent);
  run_until([&] { return near.writable == 1; });
  BOOST_TEST(write(near, "x").size == 1);
}

BOOST_AUTO_TEST_CASE(calls_nobody_after_it_was_destroyed) {
  run([&] { near.link->await_readable(near); });
  write(far, "x");
  // Now the callback may be due already.
  close(near);
  auto before = near.readable;
  settle();
  BOOST_TEST(near.readable == before);
}

BOOST_AUTO_TEST_CASE(calls_nobody_because_it_is_destroyed) {
  run([&] {
    near.link->await_readable(near);
    near.link->await_writable(near);
    near.link.reset();
  });
  settle();
  BOOST_TEST(near.readable == 0);
  BOOST_TEST(near.writable == 0);
}

BOOST_AUTO_TEST_CASE(lets_a_callback_destroy_its_own_stream) {
  struct leaver : stream_observer {
    std::unique_ptr<stream>& link;
    explicit leaver(std::unique_ptr<stream>& link) : link(link) {}
    void on_readable() override { link.reset(); }
    void on_writable() override {}
  } subject{near.link};
  run([&] { near.link->await_readable(subject); });
  write(far, "x");
  run_until([&] { return !near.link; });
  BOOST_TEST((read(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(lets_a_callback_destroy_a_stream_whose_own_is_due) {
  struct rival : stream_observer {
    std::unique_ptr<stream>& other;
    int& calls;
    rival(std::unique_ptr<stream>& other, int& calls) : other(other), calls(calls) {}
    void on_readable() override {
      ++calls;
      other.reset();
    }
    void on_writable() override {}
  };
  end second;
  end second_far;
  connect(second, second_far);
  write(far, "x");
  write(second_far, "x");
  await(near);
  await(second);
  auto calls = 0;
  rival one{second.link, calls};
  rival two{near.link, calls};
  run([&] {
    near.link->await_readable(one);
    second.link->await_readable(two);
  });
  settle();
  BOOST_TEST(calls == 1);
  close(second);
  close(second_far);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
