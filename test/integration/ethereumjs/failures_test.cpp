// SPDX-License-Identifier: BSL-1.0
#include "encounter.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(failures_test)

namespace {

/// Checks that the foreign peer is told `code`, because it or a handler of ours has failed.
void check_end(encounter& both, int code) {
  BOOST_TEST(both.next_goodbye().first == code);
  auto end = both.finish();
  BOOST_TEST(end.ran);
  BOOST_TEST(end.sent);
  BOOST_TEST(!end.remote_requested);
  BOOST_TEST(to_int(end.reason) == code);
}

/// Checks that the first message ends the handler, and with it the session.
void check_handler(habit what, int code) {
  encounter both{their_test(), {}, {{{"test", 1}, 8, what}}};
  for (auto who : both_ways) {
    both.connect(who);
    both.theirs.tell({{"do", "send"}, {"hex", "c0"}});
    check_end(both, code);
    both.ours.next_delivery();
  }
}

/// Checks that a frame ends the session as the foreign peer's breach.
void check_breach(std::uint64_t id, const std::string& payload,
                  const std::vector<offer>& offers = our_test) {
  encounter both{their_test(), {}, offers};
  for (auto who : both_ways) {
    both.connect(who);
    both.have_them_write(id, payload);
    check_end(both, 0x02);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(failures)

BOOST_AUTO_TEST_CASE(of_a_handler_are_told) {
  check_handler(habit::throws, 0x10);
}

BOOST_AUTO_TEST_CASE(include_a_handler_that_returns) {
  check_handler(habit::returns, 0x08);
}

BOOST_AUTO_TEST_CASE(include_a_handler_that_says_goodbye) {
  check_handler(habit::says_goodbye, 0x04);
}

BOOST_AUTO_TEST_CASE(include_a_code_that_nobody_has) {
  check_breach(24, "00");
}

BOOST_AUTO_TEST_CASE(include_a_second_hello) {
  check_breach(0, "c0");
}

BOOST_AUTO_TEST_CASE(include_a_message_that_does_not_decompress) {
  check_breach(16, "ff00ff00ff00");
}

BOOST_AUTO_TEST_CASE(include_a_message_that_is_too_large) {
  // The message claims 1025 bytes; the missing content no longer matters.
  check_breach(16, "8108", {{{"test", 1}, 8, habit::none, 1024}});
}

BOOST_AUTO_TEST_CASE(include_more_pings_than_anybody_needs) {
  settings limits;
  limits.max_base_messages = 20;
  encounter both{their_test(), limits};
  for (auto who : both_ways) {
    both.connect(who);
    for (int i = 0; i < 21; ++i)
      both.have_them_write(2, "0100c0");
    check_end(both, 0x02);
  }
}

BOOST_AUTO_TEST_CASE(do_not_include_reserved_messages) {
  encounter both;
  for (auto who : both_ways) {
    both.connect(who);
    for (std::uint64_t id = 4; id < 16; ++id)
      both.have_them_write(id, "0100c0");
    both.theirs.tell({{"do", "ping"}});
    both.theirs.next("pong");
    BOOST_TEST(both.ours.peers().at(0).ignored_messages == 12u);
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(do_not_include_what_a_handler_may_not_send) {
  encounter both;
  for (auto who : both_ways) {
    both.connect(who);
    BOOST_TEST((both.ours.send("test", 8, {}) == errc::invalid_message_code));
    BOOST_TEST(!both.ours.send("test", 7, {}));
    BOOST_TEST(both.theirs.next("message")["code"] == 7);
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(of_the_connection_are_nobodys_wish) {
  encounter both;
  for (auto who : both_ways) {
    for (auto reset : {false, true}) {
      BOOST_TEST_CONTEXT(to_string(who) << (reset ? ", RST" : ", FIN")) {
        both.connect(who);
        both.theirs.tell({{"do", "drop"}, {"reset", reset}});
        auto end = both.finish();
        BOOST_TEST(end.ran);
        BOOST_TEST(!end.sent);
        BOOST_TEST(!end.remote_requested);
        BOOST_TEST(to_int(end.reason) == 0x01);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
