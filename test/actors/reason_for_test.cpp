// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/reason_for.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include <algorithm>
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
const std::vector<row>& table() {
  static const std::vector<row> rows{
    // A handler ends.
    {culprit::handler, caf::error{}, reason::client_quitting},
    {culprit::handler, caf::exit_reason::normal, reason::client_quitting},
    {culprit::handler, caf::exit_reason::user_shutdown, reason::client_quitting},
    {culprit::handler, caf::exit_reason::kill, reason::subprotocol_error},
    {culprit::handler, caf::exit_reason::remote_link_unreachable, reason::subprotocol_error},
    {culprit::handler, caf::sec::runtime_error, reason::subprotocol_error},
    {culprit::handler, failure(errc::handler_failed), reason::subprotocol_error},
    {culprit::handler, failure(errc::write_queue_full), reason::subprotocol_error},
    {culprit::handler, failure(errc::outgoing_message_too_large), reason::subprotocol_error},
    {culprit::handler, failure(errc::invalid_message_code), reason::breach_of_protocol},
    {culprit::handler, failure(errc::rlp_wrong_size), reason::breach_of_protocol},
    {culprit::handler, failure(errc::rlp_truncated), reason::breach_of_protocol},
    {culprit::handler, local_disconnect(reason::useless_peer), reason::useless_peer},
    {culprit::handler, failure(errc::connection_refused), reason::subprotocol_error},
    {culprit::handler, failure(errc::end_of_stream), reason::subprotocol_error},
    {culprit::handler, failure(errc::dial_timeout), reason::subprotocol_error},
    {culprit::handler, failure(errc::host_unreachable), reason::subprotocol_error},
    {culprit::handler, failure(errc::handler_stalled), reason::subprotocol_error},
    {culprit::handler, failure(errc::handler_detached), reason::subprotocol_error},
    {culprit::handler, failure(errc::session_closed), reason::subprotocol_error},
    {culprit::handler, failure(errc::no_such_peer), reason::subprotocol_error},
    {culprit::handler, failure(errc::invalid_enode), reason::subprotocol_error},
    {culprit::handler, failure(errc::invalid_endpoint), reason::subprotocol_error},
    {culprit::handler, failure(errc::invalid_private_key), reason::subprotocol_error},
    {culprit::handler, failure(errc::invalid_nat_method), reason::subprotocol_error},
    {culprit::handler, failure(errc::no_gateway), reason::subprotocol_error},
    {culprit::handler, failure(errc::gateway_refused), reason::subprotocol_error},
    {culprit::handler, failure(errc::gateway_failed), reason::subprotocol_error},
    {culprit::handler, failure(errc::mapping_conflict), reason::subprotocol_error},
    {culprit::handler, failure(errc::mapping_not_kept), reason::subprotocol_error},
    {culprit::handler, failure(errc::address_not_public), reason::subprotocol_error},
    {culprit::handler, failure(errc::address_unknown), reason::subprotocol_error},
    {culprit::handler, failure(errc::rendezvous_silent), reason::subprotocol_error},
    {culprit::handler, failure(errc::unknown_to_rendezvous), reason::subprotocol_error},
    {culprit::handler, failure(errc::symmetric_nat), reason::subprotocol_error},
    {culprit::handler, failure(errc::punch_timeout), reason::subprotocol_error},
    {culprit::handler, failure(errc::handler_returned), reason::client_quitting},
    {culprit::handler, local_disconnect(reason::subprotocol_error), reason::subprotocol_error},
    {culprit::node, caf::sec::request_receiver_down, reason::client_quitting},
    // The link fails.
    {culprit::peer, failure(errc::end_of_stream), reason::network_error, false, false},
    {culprit::peer, failure(errc::connection_reset), reason::network_error, false, false},
    {culprit::peer, failure(errc::write_timeout), reason::network_error, false, false},
    {culprit::peer, failure(errc::dial_timeout), reason::network_error, false, false},
    {culprit::peer, failure(errc::connection_refused), reason::network_error, false, false},
    {culprit::peer, failure(errc::host_unreachable), reason::network_error, false, false},
    {culprit::peer, failure(errc::no_such_host), reason::network_error, false, false},
    {culprit::peer, failure(errc::address_in_use), reason::network_error, false, false},
    {culprit::peer, failure(errc::address_not_available), reason::network_error, false, false},
    {culprit::peer, failure(errc::permission_denied), reason::network_error, false, false},
    {culprit::peer, failure(errc::network_failure), reason::network_error, false, false},
    {culprit::peer, caf::exit_reason::kill, reason::network_error, false, false},
    {culprit::peer, failure(errc::header_mac_mismatch), reason::breach_of_protocol},
    {culprit::peer, failure(errc::body_mac_mismatch), reason::breach_of_protocol},
    {culprit::peer, failure(errc::empty_frame), reason::breach_of_protocol},
    {culprit::peer, failure(errc::message_too_large), reason::breach_of_protocol},
    {culprit::peer, failure(errc::snappy_malformed), reason::breach_of_protocol},
    {culprit::peer, failure(errc::invalid_message_id), reason::breach_of_protocol},
    {culprit::peer, failure(errc::rlp_truncated), reason::breach_of_protocol},
    {culprit::peer, failure(errc::rlp_not_canonical), reason::breach_of_protocol},
    {culprit::peer, failure(errc::rlp_unexpected_kind), reason::breach_of_protocol},
    {culprit::peer, failure(errc::rlp_wrong_size), reason::breach_of_protocol},
    {culprit::peer, failure(errc::rlp_too_deep), reason::breach_of_protocol},
    {culprit::peer, failure(errc::rlp_too_many_elements), reason::breach_of_protocol},
    {culprit::peer, failure(errc::rlp_trailing_bytes), reason::breach_of_protocol},
    {culprit::peer, failure(errc::message_code_out_of_range), reason::breach_of_protocol},
    {culprit::peer, failure(errc::base_message_flood), reason::breach_of_protocol},
    {culprit::peer, failure(errc::malformed_hello), reason::breach_of_protocol},
    {culprit::peer, failure(errc::unexpected_message), reason::breach_of_protocol},
    {culprit::peer, failure(errc::invalid_identity), reason::invalid_identity},
    {culprit::peer, failure(errc::unexpected_identity), reason::unexpected_identity},
    {culprit::peer, failure(errc::no_shared_capability), reason::useless_peer},
    {culprit::peer, failure(errc::handshake_timeout), reason::ping_timeout},
    {culprit::peer, remote_disconnect(reason::requested), reason::requested, true},
    {culprit::peer, remote_disconnect(reason{0x42}), reason{0x42}, true},
    {culprit::peer, remote_disconnect(reason::undecodable), reason::undecodable, true, false},
    {culprit::peer, remote_disconnect(reason::network_error), reason::network_error, true, false},
    {culprit::peer, failure(errc::callback_failed), reason::subprotocol_error},
    {culprit::peer, failure(errc::too_many_files), reason::network_error, false, false},
    {culprit::peer, failure(errc::out_of_memory), reason::network_error, false, false},
    // The pinger gives up.
    {culprit::pinger, failure(errc::ping_timeout), reason::ping_timeout},
    {culprit::pinger, caf::sec::runtime_error, reason::subprotocol_error},
    // The node ends the session.
    {culprit::node, failure(errc::too_many_peers), reason::too_many_peers},
    {culprit::node, failure(errc::too_many_pending), reason::too_many_peers},
    {culprit::node, failure(errc::already_connected), reason::already_connected},
    {culprit::node, failure(errc::connected_to_self), reason::connected_to_self},
    {culprit::node, failure(errc::shutting_down), reason::client_quitting},
    {culprit::node, local_disconnect(reason::requested), reason::requested},
    // The supervisor itself is killed.
    {culprit::supervisor, caf::exit_reason::kill, reason::network_error, false, false},
    // Before both Hellos are through, a remote that has said goodbye is not answered.
    {culprit::peer, remote_disconnect(reason::too_many_peers), reason::too_many_peers, true, false,
     session_phase::greeting},
    {culprit::node, failure(errc::too_many_peers), reason::too_many_peers, false, true,
     session_phase::greeting},
    {culprit::peer, failure(errc::malformed_hello), reason::breach_of_protocol, false, true,
     session_phase::greeting},
    {culprit::peer, failure(errc::handshake_timeout), reason::ping_timeout, false, true,
     session_phase::greeting},
    // Before the remote has proved who it is, there is no key.
    {culprit::peer, failure(errc::handshake_timeout), reason::ping_timeout, false, false,
     session_phase::handshake},
    {culprit::peer, failure(errc::handshake_size), reason::breach_of_protocol, false, false,
     session_phase::handshake},
    {culprit::peer, failure(errc::handshake_decryption), reason::breach_of_protocol, false, false,
     session_phase::handshake},
    {culprit::peer, failure(errc::handshake_malformed), reason::breach_of_protocol, false, false,
     session_phase::handshake},
    {culprit::peer, failure(errc::invalid_public_key), reason::breach_of_protocol, false, false,
     session_phase::handshake},
    {culprit::peer, failure(errc::invalid_signature), reason::breach_of_protocol, false, false,
     session_phase::handshake},
    {culprit::node, failure(errc::shutting_down), reason::client_quitting, false, false,
     session_phase::handshake},
  };
  return rows;
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
  for (auto code : all_errors()) {
    auto is_told = [=](const row& x) { return x.why == code; };
    BOOST_TEST(std::any_of(table().begin(), table().end(), is_told),
               "no row for: " << to_string(code));
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
