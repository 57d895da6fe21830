// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/route_table.hpp"

#include "scripted_account.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(route_table_test)

namespace {

/// Two routes, of 4 and 8 codes, for handlers that are numbers.
struct route_table_fixture {
  static constexpr unsigned patience = 3;

  int reopened = 0;
  route_table<const int*> subject;
  int handler = 1;

  route_table_fixture() {
    subject.reserve(2);
    subject.add({{"chat", 2}, 16, 4, 1000}, window());
    subject.add({{"test", 1}, 20, 8, 50}, window());
    subject[0].handler = &handler;
    subject[1].handler = &handler;
  }

  std::shared_ptr<read_window> window() {
    std::shared_ptr<std::pmr::memory_resource> memory{std::shared_ptr<void>{},
                                                      std::pmr::new_delete_resource()};
    return std::make_shared<read_window>(1000, memory, unlimited_account([this] { ++reopened; }));
  }

  /// Returns payloads that fill the window of a route.
  std::shared_ptr<std::uint8_t[]> fill(std::size_t index) {
    return subject[index].window->allocate(1000);
  }

  /// The message that the handler is busy with at each interval.
  std::optional<std::uint32_t> busy_with = {};

  /// Returns true iff the route is reported at the last of so many intervals, and never before.
  bool stalls_after(unsigned intervals, bool writes = false) {
    for (unsigned i = 1; i < intervals; ++i)
      if (subject.on_interval(1, writes, busy_with, patience))
        return false;
    return subject.on_interval(1, writes, busy_with, patience);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_route_table, route_table_fixture)

BOOST_AUTO_TEST_CASE(finds_a_route_by_each_of_its_message_identifiers) {
  for (std::uint64_t id = 0; id < 40; ++id) {
    auto found = subject.find(id);
    auto expected = id < 16   ? std::nullopt
                    : id < 20 ? std::optional<std::size_t>{0}
                    : id < 28 ? std::optional<std::size_t>{1}
                              : std::nullopt;
    BOOST_TEST((found == expected));
  }
  BOOST_TEST(!subject.find(~std::uint64_t{0}).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_writers_that_it_does_not_know) {
  BOOST_TEST(!subject.refuse(writer_place{1, 0}).has_value());
  BOOST_TEST((subject.refuse(writer_place{2, 0}) == errc::invalid_message_code));
  BOOST_TEST((subject.refuse(writer_place{1, 1}) == errc::handler_detached));
}

BOOST_AUTO_TEST_CASE(refuses_messages_that_the_protocol_does_not_have) {
  BOOST_TEST(!subject.refuse(1, packet{7, blob{bytes(50)}}).has_value());
  BOOST_TEST((subject.refuse(1, packet{8, {}}) == errc::invalid_message_code));
  BOOST_TEST((subject.refuse(1, packet{7, blob{bytes(51)}}) == errc::outgoing_message_too_large));
}

BOOST_AUTO_TEST_CASE(refuses_the_writes_of_a_handler_that_was_detached) {
  subject.detach(1, window());
  BOOST_TEST(subject[1].handler == nullptr);
  BOOST_TEST(subject[0].handler == &handler);
  BOOST_TEST((subject.refuse(writer_place{1, 0}) == errc::handler_detached));
  BOOST_TEST(!subject.refuse(writer_place{1, 1}).has_value());
}

BOOST_AUTO_TEST_CASE(pauses_until_the_window_has_room) {
  BOOST_TEST(!subject.may_go_on());
  auto held = fill(1);
  subject.pause_for(1);
  subject.go_on();
  BOOST_TEST(subject.is_paused());
  held.reset();
  BOOST_TEST(reopened == 1);
  BOOST_TEST(subject.may_go_on());
  BOOST_TEST(subject.is_paused());
  subject.go_on();
  BOOST_TEST(!subject.is_paused());
}

BOOST_AUTO_TEST_CASE(pauses_no_more_for_a_handler_that_was_detached) {
  auto held = fill(1);
  subject.pause_for(1);
  subject.detach(0, window());
  BOOST_TEST(subject.is_paused());
  subject.detach(1, window());
  BOOST_TEST(!subject.is_paused());
  // The payload still lives, and does not count.
  BOOST_TEST(!subject[1].window->is_full());
}

BOOST_AUTO_TEST_CASE(finds_a_handler_stalled_whose_window_stays_full) {
  auto held = fill(1);
  // The first interval may have begun before the window was full.
  BOOST_TEST(stalls_after(patience + 1));
  // The handler is reported again, should that have been of no use.
  BOOST_TEST(stalls_after(patience));
}

BOOST_AUTO_TEST_CASE(is_patient_with_a_handler_that_gives_memory_back) {
  auto held = fill(1);
  for (int i = 0; i < 20; ++i) {
    held = fill(1);
    BOOST_TEST(!subject.on_interval(1, false, std::nullopt, patience));
  }
}

BOOST_AUTO_TEST_CASE(is_patient_with_a_handler_that_waits_for_its_own_writes) {
  auto held = fill(1);
  BOOST_TEST(!stalls_after(20, true));
  BOOST_TEST(stalls_after(patience));
}

BOOST_AUTO_TEST_CASE(finds_a_handler_stalled_that_stays_busy_with_one_message) {
  busy_with = 7;
  BOOST_TEST(stalls_after(patience + 1));
  BOOST_TEST(stalls_after(patience));
}

BOOST_AUTO_TEST_CASE(is_patient_with_a_handler_that_is_busy_with_one_message_after_another) {
  for (std::uint32_t message = 1; message < 40; message += 2)
    BOOST_TEST(!subject.on_interval(1, false, message, patience));
  BOOST_TEST(!stalls_after(20));
}

BOOST_AUTO_TEST_CASE(is_patient_with_a_window_that_is_not_full) {
  auto held = subject[1].window->allocate(10);
  BOOST_TEST(!stalls_after(20));
}

BOOST_AUTO_TEST_CASE(begins_anew_with_the_next_handler) {
  auto held = fill(1);
  BOOST_TEST(!stalls_after(patience));
  subject.detach(1, window());
  auto held_by_the_next = fill(1);
  BOOST_TEST(stalls_after(patience + 1));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
