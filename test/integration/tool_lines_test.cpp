// SPDX-License-Identifier: BSL-1.0
//
// The tool's lines about the end of a session, without the tool.
#include "lines.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_lines_test)

namespace {

using json = nlohmann::json;
using reason = disconnect_reason;
using tool::event_line;
using tool::style;

const endpoint remote{"127.0.0.1", 30303};

/// Returns the end of a session that a remote has requested.
session_end asked_for(reason why) {
  session_end out;
  out.reason = why;
  out.remote_requested = true;
  out.error = "the remote disconnected: " + to_string(why);
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_line_of_an_end)

BOOST_AUTO_TEST_CASE(has_the_number_of_its_reason) {
  for (auto why : {reason::requested, reason::client_quitting, reason{0x42}, reason{0xfe}}) {
    auto dropped =
      json::parse(event_line(style::json, peer_dropped{{}, remote, true, asked_for(why)}));
    auto failed =
      json::parse(event_line(style::json, session_failed{{}, remote, true, asked_for(why)}));
    for (const auto& line : {dropped, failed}) {
      BOOST_TEST(line["reason"] == static_cast<unsigned>(why));
      BOOST_TEST(line["reason_text"] == to_string(why));
      BOOST_TEST(line["by"] == "remote");
    }
  }
}

BOOST_AUTO_TEST_CASE(has_no_number_if_the_reason_could_not_be_read) {
  auto end = asked_for(reason::undecodable);
  auto dropped = json::parse(event_line(style::json, peer_dropped{{}, remote, true, end}));
  auto failed = json::parse(event_line(style::json, session_failed{{}, remote, true, end}));
  for (const auto& line : {dropped, failed}) {
    BOOST_TEST(line.contains("reason"));
    BOOST_TEST(line["reason"].is_null());
    BOOST_TEST(line["reason_text"] == "undecodable disconnect reason");
  }
  BOOST_TEST(
    event_line(style::text, peer_dropped{{}, remote, true, end}) ==
    "session with an unknown node at 127.0.0.1:30303 (inbound) ended by the remote: "
    "undecodable disconnect reason (the remote disconnected: undecodable disconnect reason)");
}

BOOST_AUTO_TEST_CASE(names_a_side_only_if_it_tells_the_other) {
  session_end end{reason::network_error, false, false, "the remote closed the connection"};
  const std::string session = "session with an unknown node at 127.0.0.1:30303 (inbound) ended";
  BOOST_TEST(event_line(style::text, session_failed{{}, remote, true, end}) ==
             session + " before it ran: network error (the remote closed the connection)");
  end.sent = true;
  end.reason = reason::useless_peer;
  end.error = "no capability is shared";
  BOOST_TEST(event_line(style::text, peer_dropped{{}, remote, true, end}) ==
             session + " by us: useless peer (no capability is shared)");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
