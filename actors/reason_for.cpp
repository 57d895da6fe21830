// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/reason_for.hpp"

#include "devp2p/messages/type_ids.hpp"

namespace devp2p {

namespace {

using reason = disconnect_reason;

reason carried_by(const caf::error& why) {
  const auto& context = why.context();
  if (!context.empty() && context.match_element<reason>(0))
    return context.get_as<reason>(0);
  return reason::requested;
}

/// A `switch` without `default`: the compiler asks for a reason when an `errc` is added.
reason reason_of(errc code, const caf::error& why) {
  switch (code) {
  case errc::rlp_truncated:
  case errc::rlp_not_canonical:
  case errc::rlp_unexpected_kind:
  case errc::rlp_wrong_size:
  case errc::rlp_too_deep:
  case errc::rlp_too_many_elements:
  case errc::rlp_trailing_bytes:
  case errc::handshake_size:
  case errc::handshake_decryption:
  case errc::handshake_malformed:
  case errc::invalid_public_key:
  case errc::invalid_signature:
  case errc::header_mac_mismatch:
  case errc::body_mac_mismatch:
  case errc::empty_frame:
  case errc::message_too_large:
  case errc::invalid_message_id:
  case errc::snappy_malformed:
  case errc::unexpected_message:
  case errc::malformed_hello:
  case errc::message_code_out_of_range:
  case errc::base_message_flood:
  case errc::invalid_message_code:
  case errc::malformed_message:
    return reason::breach_of_protocol;
  case errc::invalid_identity:
    return reason::invalid_identity;
  case errc::unexpected_identity:
    return reason::unexpected_identity;
  case errc::no_shared_capability:
  case errc::banned:
  case errc::not_admitted:
    return reason::useless_peer;
  case errc::too_many_peers:
  case errc::too_many_pending:
  case errc::memory_budget_exceeded:
    return reason::too_many_peers;
  case errc::already_connected:
    return reason::already_connected;
  case errc::connected_to_self:
    return reason::connected_to_self;
  case errc::handshake_timeout:
  case errc::ping_timeout:
    return reason::ping_timeout;
  case errc::remote_disconnect:
  case errc::local_disconnect:
    return carried_by(why);
  case errc::handler_returned:
  case errc::shutting_down:
    return reason::client_quitting;
  case errc::handler_failed:
  case errc::handler_stalled:
  case errc::callback_failed:
  case errc::child_failed:
  case errc::handler_detached:
  case errc::session_closed:
  case errc::request_timeout:
  case errc::too_many_requests:
  case errc::outgoing_message_too_large:
  case errc::write_queue_full:
  case errc::invalid_enode:
  case errc::invalid_endpoint:
  case errc::invalid_private_key:
  case errc::invalid_ban_subject:
  case errc::host_bits_set:
  case errc::invalid_ban:
  case errc::no_such_ban:
  case errc::node_is_trusted:
  case errc::node_not_trusted:
  case errc::list_full:
  case errc::no_such_peer:
  case errc::invalid_nat_method:
  case errc::no_gateway:
  case errc::gateway_refused:
  case errc::gateway_failed:
  case errc::mapping_conflict:
  case errc::mapping_not_kept:
  case errc::address_not_public:
  case errc::address_unknown:
  case errc::rendezvous_silent:
  case errc::unknown_to_rendezvous:
  case errc::symmetric_nat:
  case errc::punch_timeout:
    return reason::subprotocol_error;
  case errc::end_of_stream:
  case errc::connection_refused:
  case errc::connection_reset:
  case errc::host_unreachable:
  case errc::no_such_host:
  case errc::address_in_use:
  case errc::address_not_available:
  case errc::permission_denied:
  case errc::dial_timeout:
  case errc::write_timeout:
  case errc::too_many_files:
  case errc::out_of_memory:
  case errc::network_failure:
    return reason::network_error;
  }
  return reason::subprotocol_error;
}

bool is_network_failure(const caf::error& why, reason of) {
  return of == reason::network_error && why != errc::local_disconnect;
}

/// A handler that quits without an error has returned; so has one that was asked to shut down.
bool is_return(const caf::error& why) {
  return !why || why == caf::exit_reason::normal || why == caf::exit_reason::user_shutdown ||
         why == errc::handler_returned;
}

reason reason_of(culprit who, const caf::error& why) {
  if (who == culprit::handler && is_return(why))
    return reason::client_quitting;
  if (auto code = errc_of(why)) {
    auto out = reason_of(*code, why);
    // A connection of the handler's own may have failed, but this link is whole.
    return who == culprit::handler && is_network_failure(why, out) ? reason::subprotocol_error
                                                                   : out;
  }
  switch (who) {
  case culprit::node: // The node is gone and could not be asked.
    return reason::client_quitting;
  case culprit::peer: // Crashed or killed: no actor is left to tell the remote.
  case culprit::supervisor:
    return reason::network_error;
  case culprit::handler: // Crashed, killed, or an error of the protocol's own.
    return reason::subprotocol_error;
  }
  return reason::subprotocol_error;
}

/// Returns true iff the remote is sent `what`.
bool is_sent(const session_end& what, session_phase phase) {
  // The specification has a code for network errors, but after one no message can be sent. A reason
  // of the remote that could not be decoded is not sent back as an invented one.
  if (what.reason == reason::network_error || what.reason == reason::undecodable)
    return false;
  // Without a proved identity there is no key to encrypt a reason with. Before both Hellos are
  // received, a remote that has sent a Disconnect expects no answer.
  return phase > session_phase::greeting ||
         (phase == session_phase::greeting && !what.remote_requested);
}

} // namespace

session_end reason_for(culprit who, const caf::error& why, session_phase phase,
                       const std::string& protocol) {
  session_end out;
  out.reason = reason_of(who, why);
  out.remote_requested = who == culprit::peer && why == errc::remote_disconnect;
  out.sent = is_sent(out, phase);
  out.error = (protocol.empty() ? "" : protocol + ": ") + describe(why);
  out.code = errc_of(why).value_or(out.code);
  return out;
}

supervision::strategy consequence_of(const session_end& end, const supervision& chosen,
                                     restart_budget& budget, restart_budget::time_point now) {
  using strategy = supervision::strategy;
  auto failed = end.reason == reason::subprotocol_error && end.code != errc::local_disconnect;
  auto returned = end.reason == reason::client_quitting &&
                  (end.code == errc{} || end.code == errc::handler_returned);
  if (chosen.when_failed == strategy::detach && (failed || returned))
    return strategy::detach;
  if (chosen.when_failed == strategy::restart && failed && budget.spend(chosen, now))
    return strategy::restart;
  return strategy::end_session;
}

} // namespace devp2p
