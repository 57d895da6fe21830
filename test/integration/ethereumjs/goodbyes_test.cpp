// SPDX-License-Identifier: BSL-1.0
#include "encounter.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(goodbyes_test)

namespace {

/// All reasons of the specification except the network error, which is never sent.
constexpr std::array told_reasons{0x00, 0x02, 0x03, 0x04, 0x05, 0x06,
                                  0x07, 0x08, 0x09, 0x0a, 0x0b, 0x10};
constexpr int network_error = 0x01;
constexpr int undecodable = 0xff;

disconnect_reason to_reason(int code) {
  return static_cast<disconnect_reason>(code);
}

/// Returns a byte as two digits.
std::string hex(int byte) {
  std::uint8_t content[] = {static_cast<std::uint8_t>(byte)};
  return to_hex(content);
}

/// Returns the payload of our Disconnect: a list of one integer.
std::string plain_form(int reason) {
  return "c1" + (reason == 0 ? "80" : hex(reason));
}

/// Returns that payload in the snappy block format: the length, and a literal of two bytes.
std::string compressed_form(int reason) {
  return "0204" + plain_form(reason);
}

/// A possible form of a Disconnect on the wire, and its reason.
struct form {
  const char* payload;
  int reason;
};

constexpr std::array plain_forms{
  // A list, or the reason alone, as an integer or a byte.
  form{"c105", 0x05},
  form{"05", 0x05},
  form{"c110", 0x10},
  form{"10", 0x10},
  form{"c101", 0x01},
  // Zero, or no reason at all.
  form{"c180", 0x00},
  form{"80", 0x00},
  form{"c100", 0x00},
  form{"00", 0x00},
  form{"c0", 0x00},
  form{"", 0x00},
  // Reasons that the specification does not define.
  form{"c10c", 0x0c},
  form{"11", 0x11},
  form{"c281c8", 0xc8},
  form{"81c8", 0xc8},
  // Payloads that contain no reason.
  form{"83ffffff", undecodable},
  form{"c3820105", undecodable},
  form{"c0c0", undecodable},
};

constexpr std::array compressed_forms{
  form{"0204c105", 0x05}, form{"010005", 0x05}, form{"0204c180", 0x00}, form{"010080", 0x00},
  form{"010000", 0x00},   form{"0100c0", 0x00}, form{"0204c110", 0x10}, form{"0308c281c8", 0xc8},
};

/// Makes the foreign peer write `what` as its Disconnect. We must understand it, and echo the
/// reason.
void check_form(encounter& both, const form& what, bool compressed) {
  BOOST_TEST_CONTEXT("payload '" << what.payload << "'") {
    both.connect(dialler::they);
    both.have_them_write(1, what.payload);
    auto end = both.finish();
    BOOST_TEST(end.ran);
    BOOST_TEST(end.remote_requested);
    BOOST_TEST(to_int(end.reason) == what.reason);
    auto echoed = what.reason != undecodable && what.reason != network_error;
    BOOST_TEST(end.sent == echoed);
    BOOST_TEST(both.theirs.has_no("goodbye") != echoed);
    if (!echoed)
      return;
    auto [reason, wire] = both.next_goodbye();
    BOOST_TEST(reason == what.reason);
    if (what.reason < 0x80)
      BOOST_TEST(wire == (compressed ? compressed_form(reason) : plain_form(reason)));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(goodbyes)

BOOST_AUTO_TEST_CASE(of_ours_are_understood) {
  encounter both;
  for (auto who : both_ways) {
    for (auto code : told_reasons) {
      BOOST_TEST_CONTEXT(to_string(who) << ", reason " << code) {
        both.connect(who);
        both.ours.close(both.theirs.url().id, to_reason(code));
        auto [reason, wire] = both.next_goodbye();
        BOOST_TEST(reason == code);
        BOOST_TEST(wire == compressed_form(code));
        auto end = both.finish();
        BOOST_TEST(end.ran);
        BOOST_TEST(end.sent);
        BOOST_TEST(!end.remote_requested);
        BOOST_TEST(to_int(end.reason) == code);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(are_not_said_where_the_network_has_failed) {
  encounter both;
  for (auto who : both_ways) {
    both.connect(who);
    both.ours.close(both.theirs.url().id, disconnect_reason::network_error);
    auto end = both.finish();
    BOOST_TEST(!end.sent);
    BOOST_TEST(both.theirs.has_no("goodbye"));
  }
}

BOOST_AUTO_TEST_CASE(of_theirs_are_understood) {
  encounter both;
  auto codes = std::vector<int>(told_reasons.begin(), told_reasons.end());
  codes.push_back(network_error);
  for (auto who : both_ways) {
    for (auto code : codes) {
      BOOST_TEST_CONTEXT(to_string(who) << ", reason " << code) {
        both.connect(who);
        both.theirs.tell({{"do", "disconnect"}, {"reason", code}});
        both.theirs.next("goodbye", {{"who", "local"}, {"reason", code}});
        auto end = both.finish();
        BOOST_TEST(end.ran);
        BOOST_TEST(end.remote_requested);
        BOOST_TEST(to_int(end.reason) == code);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(may_have_any_form_when_messages_are_compressed) {
  encounter both;
  for (const auto& x : plain_forms)
    check_form(both, x, true);
  for (const auto& x : compressed_forms)
    check_form(both, x, true);
}

BOOST_AUTO_TEST_CASE(may_have_any_form_when_messages_are_not_compressed) {
  encounter both{their_test({{"hello", {{"version", 4}}}})};
  for (const auto& x : plain_forms)
    check_form(both, x, false);
  for (const auto& x : compressed_forms)
    check_form(both, x, false);
}

BOOST_AUTO_TEST_CASE(may_come_in_place_of_hello) {
  for (auto code : {0x04, 0x10}) {
    encounter both{their_test({{"goodbye_first", code}})};
    for (auto who : both_ways) {
      BOOST_TEST_CONTEXT(to_string(who) << ", reason " << code) {
        both.dial(who);
        auto end = both.ours.next_ending();
        BOOST_TEST(!end.ran);
        BOOST_TEST((end.id == both.theirs.url().id));
        BOOST_TEST(end.inbound == (who == dialler::they));
        BOOST_TEST(end.remote_requested);
        BOOST_TEST(to_int(end.reason) == code);
        if (who == dialler::we)
          BOOST_TEST((!both.dialled && both.dialled.error() == errc::remote_disconnect));
        both.theirs.next("disconnected");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(are_said_by_a_node_that_stops) {
  for (auto who : both_ways) {
    encounter both;
    both.connect(who);
    both.ours.stop();
    BOOST_TEST((both.next_goodbye() == std::pair{0x08, compressed_form(0x08)}));
    auto end = both.finish();
    BOOST_TEST(to_int(end.reason) == 0x08);
    BOOST_TEST(!end.remote_requested);
  }
}

BOOST_AUTO_TEST_CASE(are_heard_from_a_peer_that_stops) {
  for (auto who : both_ways) {
    encounter both;
    both.connect(who);
    both.theirs.tell({{"do", "stop"}});
    both.theirs.next("closed", {{"why", "stop"}});
    auto end = both.ours.next_ending();
    BOOST_TEST(to_int(end.reason) == 0x08);
    BOOST_TEST(end.remote_requested);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
