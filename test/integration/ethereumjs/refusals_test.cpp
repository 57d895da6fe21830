// SPDX-License-Identifier: BSL-1.0
#include "encounter.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(refusals_test)

namespace {

using namespace std::chrono_literals;

/// The id of a node that does not exist.
const node_id stranger = fresh_key().id();

/// Checks that we send `code` to the foreign peer, in the form `wire`, and report the same end.
void check_our_refusal(encounter& both, dialler who, int code, errc error,
                       const std::string& wire) {
  BOOST_TEST_CONTEXT(to_string(who)) {
    both.dial(who);
    auto end = both.finish();
    BOOST_TEST(!end.ran);
    BOOST_TEST(end.sent);
    BOOST_TEST(!end.remote_requested);
    BOOST_TEST(to_int(end.reason) == code);
    BOOST_TEST((end.id == both.theirs.url().id));
    BOOST_TEST((both.next_goodbye() == std::pair{code, wire}));
    if (who == dialler::we)
      BOOST_TEST((!both.dialled && both.dialled.error() == error));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(refusals)

BOOST_AUTO_TEST_CASE(tell_who_is_not_the_one_it_has_proved_to_be) {
  encounter both{their_test({{"hello", {{"id", to_hex(stranger.value)}}}})};
  for (auto who : both_ways)
    check_our_refusal(both, who, 0x09, errc::unexpected_identity, "0204c109");
}

BOOST_AUTO_TEST_CASE(tell_who_has_no_identity) {
  for (auto id : {std::string(128, '0'), std::string(126, 'a')}) {
    encounter both{their_test({{"hello", {{"id", id}}}})};
    for (auto who : both_ways)
      check_our_refusal(both, who, 0x07, errc::invalid_identity, "0204c107");
  }
}

BOOST_AUTO_TEST_CASE(tell_who_shares_no_protocol) {
  // The foreign peer believes that one is shared, and so does not refuse first.
  auto announced = json::array({json::array({"other", 1}), json::array({"test", 2})});
  encounter both{their_test({{"hello", {{"capabilities", announced}}}})};
  for (auto who : both_ways)
    check_our_refusal(both, who, 0x03, errc::no_shared_capability, "0204c103");
}

BOOST_AUTO_TEST_CASE(may_come_from_both_ends_if_no_protocol_is_shared) {
  encounter both{their_test({{"capabilities", json::array({offered("other", 1, 8)})}})};
  for (auto who : both_ways) {
    both.dial(who);
    both.theirs.next("goodbye", {{"who", "local"}, {"reason", 3}});
    auto end = both.finish();
    BOOST_TEST(!end.ran);
    BOOST_TEST(to_int(end.reason) == 0x03);
  }
}

BOOST_AUTO_TEST_CASE(of_theirs_come_if_we_offer_nothing) {
  encounter both{their_test(), {}, {}};
  for (auto who : both_ways) {
    both.dial(who);
    auto end = both.finish();
    BOOST_TEST(end.remote_requested);
    BOOST_TEST(to_int(end.reason) == 0x03);
  }
}

BOOST_AUTO_TEST_CASE(tell_who_is_one_too_many) {
  settings limits;
  limits.max_peers = 0;
  encounter both{their_test(), limits};
  for (auto who : both_ways)
    check_our_refusal(both, who, 0x04, errc::too_many_peers, "c104");
}

BOOST_AUTO_TEST_CASE(leave_those_alone_who_are_in) {
  settings limits;
  limits.max_peers = 1;
  limits.dial_ratio = 0;
  encounter both{their_test(), limits};
  foreign_peer second{their_test()};
  both.connect(dialler::they);
  second.dial(both.ours.url());
  second.next("goodbye", {{"who", "remote"}, {"reason", 4}});
  second.next("disconnected");
  auto end = both.ours.next_ending();
  BOOST_TEST((end.id == second.url().id));
  BOOST_TEST(!both.ours.send("test", 0, as_bytes("still here")));
  both.theirs.next("message");
  both.ours.close(both.theirs.url().id, disconnect_reason::requested);
  both.finish();
  // A slot is free again.
  second.dial(both.ours.url());
  second.next("connected");
}

BOOST_AUTO_TEST_CASE(tell_who_is_here_already) {
  json key{{"key", to_hex(fresh_key().scalar().content())}};
  encounter both{their_test(key)};
  foreign_peer same{their_test(key)};
  for (auto who : both_ways) {
    both.connect(who);
    same.dial(both.ours.url());
    same.next("goodbye", {{"who", "remote"}, {"reason", 5}, {"wire", "c105"}});
    auto end = both.ours.next_ending();
    BOOST_TEST(!end.ran);
    BOOST_TEST(to_int(end.reason) == 0x05);
    BOOST_TEST(!end.remote_requested);
    BOOST_TEST(!!both.ours.dial(both.theirs.url())); // This is the existing session.
    BOOST_TEST(!both.ours.send("test", 0, as_bytes("still here")));
    both.theirs.next("message");
    same.next("disconnected");
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

// The foreign peer refuses after both Hellos, when the session may already run here.
BOOST_AUTO_TEST_CASE(of_theirs_come_if_we_are_there_already) {
  foreign_peer theirs{their_test()};
  auto key = fresh_key();
  live_node first{our_test, {}, key};
  live_node second{our_test, {}, key};
  BOOST_REQUIRE(first.dial(theirs.url()));
  theirs.next("connected");
  static_cast<void>(second.dial(theirs.url()));
  theirs.next("goodbye", {{"who", "local"}, {"reason", 5}});
  auto end = second.next_ending();
  BOOST_TEST(to_int(end.reason) == 0x05);
  BOOST_TEST(end.remote_requested);
}

BOOST_AUTO_TEST_CASE(of_theirs_come_if_they_are_full) {
  encounter both{their_test({{"max_peers", 0}})};
  both.dial(dialler::we);
  both.theirs.next("goodbye", {{"who", "local"}, {"reason", 4}});
  auto end = both.finish();
  BOOST_TEST(to_int(end.reason) == 0x04);
  BOOST_TEST(end.remote_requested);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(strangers)

BOOST_AUTO_TEST_CASE(are_not_who_we_wanted_to_dial) {
  settings limits;
  limits.handshake_timeout = 1s;
  encounter both{their_test(), limits};
  // The foreign peer cannot read a message encrypted for another node, and leaves the connection
  // open.
  auto dialled = both.ours.dial({stranger, both.theirs.url().address});
  BOOST_TEST((!dialled && dialled.error() == errc::handshake_timeout));
  auto end = both.finish();
  BOOST_TEST(!end.ran);
  BOOST_TEST(!end.sent);
  BOOST_TEST(!end.remote_requested);
  both.connect(dialler::we);
}

BOOST_AUTO_TEST_CASE(are_not_who_they_wanted_to_dial) {
  encounter both;
  both.theirs.dial({stranger, both.ours.url().address});
  auto end = both.finish();
  BOOST_TEST(!end.ran);
  BOOST_TEST(!end.sent);
  BOOST_TEST(end.id.is_zero());
  BOOST_TEST(to_int(end.reason) == 0x02);
  BOOST_TEST(both.theirs.has_no("goodbye"));
  both.connect(dialler::they);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
