// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/reason_for.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(reason_for_test)

namespace {

using reason = disconnect_reason;

struct row {
  culprit who;
  caf::error why;
  reason expected;
  bool remote_requested = false;
  bool sent = true;
  session_phase phase = session_phase::running;
};

caf::error failure(errc code) {
  return caf::make_error(code);
}

/// The errors that end a session, and the expected reason of each.
std::vector<row> table() {
  const auto greeting = session_phase::greeting;
  const auto handshake = session_phase::handshake;
  std::vector<row> out{
    // A handler ends.
    {culprit::handler, caf::error{}, reason::client_quitting},
    {culprit::handler, caf::exit_reason::normal, reason::client_quitting},
    {culprit::handler, caf::exit_reason::user_shutdown, reason::client_quitting},
    {culprit::handler, caf::exit_reason::kill, reason::subprotocol_error},
    {culprit::handler, caf::exit_reason::remote_link_unreachable, reason::subprotocol_error},
    {culprit::handler, caf::sec::runtime_error, reason::subprotocol_error},
    {culprit::handler, local_disconnect(reason::useless_peer), reason::useless_peer},
    {culprit::handler, local_disconnect(reason::subprotocol_error), reason::subprotocol_error},
    {culprit::node, caf::sec::request_receiver_down, reason::client_quitting},
    // The remote ends the session, or the link does.
    {culprit::peer, remote_disconnect(reason::requested), reason::requested, true},
    {culprit::peer, remote_disconnect(reason{0x42}), reason{0x42}, true},
    {culprit::peer, remote_disconnect(reason::undecodable), reason::undecodable, true, false},
    {culprit::peer, remote_disconnect(reason::network_error), reason::network_error, true, false},
    {culprit::peer, caf::exit_reason::kill, reason::network_error, false, false},
    // The node ends the session.
    {culprit::node, local_disconnect(reason::requested), reason::requested},
    // The supervisor itself is killed.
    {culprit::supervisor, caf::exit_reason::kill, reason::network_error, false, false},
    // Before both Hellos are through, a remote that has said goodbye is not answered.
    {culprit::peer, remote_disconnect(reason::too_many_peers), reason::too_many_peers, true, false,
     greeting},
  };
  using enum errc;
  auto add = [&](culprit who, reason expected, std::initializer_list<errc> whys, bool sent = true,
                 session_phase phase = session_phase::running) {
    for (auto why : whys)
      out.push_back({who, failure(why), expected, false, sent, phase});
  };
  // A handler ends.
  add(culprit::handler, reason::subprotocol_error,
      {handler_failed,
       write_queue_full,
       outgoing_message_too_large,
       connection_refused,
       end_of_stream,
       dial_timeout,
       host_unreachable,
       handler_stalled,
       handler_detached,
       session_closed,
       no_such_peer,
       invalid_enode,
       invalid_endpoint,
       invalid_private_key,
       invalid_nat_method,
       no_gateway,
       gateway_refused,
       gateway_failed,
       mapping_conflict,
       mapping_not_kept,
       address_not_public,
       address_unknown,
       rendezvous_silent,
       unknown_to_rendezvous,
       symmetric_nat,
       punch_timeout,
       request_timeout,
       too_many_requests,
       invalid_ban_subject,
       host_bits_set,
       invalid_ban,
       no_such_ban,
       node_is_trusted,
       node_not_trusted,
       list_full});
  add(culprit::handler, reason::breach_of_protocol,
      {invalid_message_code, malformed_message, rlp_wrong_size, rlp_truncated});
  add(culprit::handler, reason::client_quitting, {handler_returned});
  // The link fails.
  add(culprit::peer, reason::network_error,
      {end_of_stream, connection_reset, write_timeout, dial_timeout, connection_refused,
       host_unreachable, no_such_host, address_in_use, address_not_available, permission_denied,
       network_failure, too_many_files, out_of_memory},
      false);
  // The remote breaks a rule.
  add(culprit::peer, reason::breach_of_protocol,
      {header_mac_mismatch, body_mac_mismatch, empty_frame, message_too_large, snappy_malformed,
       invalid_message_id, rlp_truncated, rlp_not_canonical, rlp_unexpected_kind, rlp_wrong_size,
       rlp_too_deep, rlp_too_many_elements, rlp_trailing_bytes, message_code_out_of_range,
       base_message_flood, malformed_hello, unexpected_message});
  add(culprit::peer, reason::invalid_identity, {invalid_identity});
  add(culprit::peer, reason::unexpected_identity, {unexpected_identity});
  add(culprit::peer, reason::useless_peer, {no_shared_capability});
  add(culprit::peer, reason::ping_timeout, {handshake_timeout, ping_timeout});
  add(culprit::peer, reason::subprotocol_error, {callback_failed, child_failed});
  add(culprit::peer, reason::too_many_peers, {memory_budget_exceeded});
  add(culprit::handler, reason::too_many_peers, {memory_budget_exceeded});
  // The node ends the session.
  add(culprit::node, reason::too_many_peers, {too_many_peers, too_many_pending});
  add(culprit::node, reason::already_connected, {already_connected});
  add(culprit::node, reason::connected_to_self, {connected_to_self});
  add(culprit::node, reason::useless_peer, {banned, not_admitted});
  add(culprit::node, reason::useless_peer, {banned, not_admitted}, true, greeting);
  add(culprit::node, reason::client_quitting, {shutting_down});
  // Before both Hellos are through.
  add(culprit::node, reason::too_many_peers, {too_many_peers}, true, greeting);
  add(culprit::peer, reason::breach_of_protocol, {malformed_hello}, true, greeting);
  add(culprit::peer, reason::ping_timeout, {handshake_timeout}, true, greeting);
  // Before the remote has proved who it is, there is no key.
  add(culprit::peer, reason::ping_timeout, {handshake_timeout}, false, handshake);
  add(culprit::peer, reason::breach_of_protocol,
      {handshake_size, handshake_decryption, handshake_malformed, invalid_public_key,
       invalid_signature},
      false, handshake);
  add(culprit::node, reason::client_quitting, {shutting_down}, false, handshake);
  return out;
}

/// Returns every error code that exists.
std::vector<errc> all_errors() {
  std::vector<errc> out;
  for (unsigned code = 1; code <= 0xff; ++code)
    if (auto x = static_cast<errc>(code); to_string(x) != to_string(errc{}))
      out.push_back(x);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_failure_has_its_reason) {
  for (const auto& x : table()) {
    auto end = reason_for(x.who, x.why, x.phase);
    BOOST_TEST_CONTEXT(describe(x.why)) {
      BOOST_TEST(to_string(end.reason) == to_string(x.expected));
      BOOST_TEST(end.remote_requested == x.remote_requested);
      BOOST_TEST(end.sent == x.sent);
      BOOST_TEST(end.error == describe(x.why));
    }
  }
}

BOOST_AUTO_TEST_CASE(each_error_is_in_the_table) {
  BOOST_REQUIRE(all_errors().size() > 1u);
  const auto rows = table();
  for (auto code : all_errors()) {
    auto is_told = [=](const row& x) { return x.why == code; };
    BOOST_TEST(std::any_of(rows.begin(), rows.end(), is_told), "no row for: " << to_string(code));
  }
}

BOOST_AUTO_TEST_CASE(a_handler_cannot_pretend_that_the_remote_has_disconnected) {
  auto end =
    reason_for(culprit::handler, remote_disconnect(reason::requested), session_phase::running);
  BOOST_TEST(!end.remote_requested);
}

BOOST_AUTO_TEST_CASE(each_strategy_answers_to_the_handlers_own_failures) {
  using strategy = supervision::strategy;
  struct row {
    caf::error why;
    strategy with_detach;
    strategy with_restart;
  };
  const row table[] = {
    {caf::exit_reason::kill, strategy::detach, strategy::restart},
    {caf::exit_reason::remote_link_unreachable, strategy::detach, strategy::restart},
    {caf::sec::runtime_error, strategy::detach, strategy::restart},
    {failure(errc::handler_failed), strategy::detach, strategy::restart},
    {failure(errc::handler_stalled), strategy::detach, strategy::restart},
    {failure(errc::write_queue_full), strategy::detach, strategy::restart},
    {failure(errc::connection_refused), strategy::detach, strategy::restart},
    {caf::error{}, strategy::detach, strategy::end_session},
    {caf::exit_reason::user_shutdown, strategy::detach, strategy::end_session},
    {failure(errc::rlp_truncated), strategy::end_session, strategy::end_session},
    {failure(errc::invalid_message_code), strategy::end_session, strategy::end_session},
    {local_disconnect(reason::client_quitting), strategy::end_session, strategy::end_session},
    {local_disconnect(reason::subprotocol_error), strategy::end_session, strategy::end_session},
  };
  auto decide = [](const caf::error& why, strategy chosen) {
    restart_budget budget;
    auto end = reason_for(culprit::handler, why, session_phase::running);
    return consequence_of(end, {chosen, 1, std::chrono::seconds{5}}, budget, {});
  };
  for (const auto& x : table) {
    BOOST_TEST_CONTEXT(describe(x.why)) {
      BOOST_TEST((decide(x.why, strategy::end_session) == strategy::end_session));
      BOOST_TEST((decide(x.why, strategy::detach) == x.with_detach));
      BOOST_TEST((decide(x.why, strategy::restart) == x.with_restart));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_budget_of_restarts_is_for_any_period) {
  using std::chrono::seconds;
  supervision limits{supervision::strategy::restart, 2, seconds{10}};
  restart_budget budget;
  auto at = [](int second) { return restart_budget::time_point{} + seconds{second}; };
  BOOST_TEST(budget.spend(limits, at(0)));
  BOOST_TEST(budget.spend(limits, at(9)));
  BOOST_TEST(!budget.spend(limits, at(9)));
  BOOST_TEST(budget.spend(limits, at(10)));
  BOOST_TEST(!budget.spend(limits, at(18)));
  BOOST_TEST(budget.spend(limits, at(19)));
  supervision none{supervision::strategy::restart, 0, seconds{10}};
  BOOST_TEST(!budget.spend(none, at(100)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
