// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/events.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// The meaning of the end of a session, or of a failed dial, for the node at the other end. All of
/// it is in one table, `endings`, which the folder's README repeats.
namespace devp2p {

/// The time before a node is tried again, from the shortest to the longest (`back_off`).
enum class retry : std::uint8_t {
  /// It does not matter to this node's next dial how often that has happened.
  soon,
  low,
  medium,
  high,
};

/// The one whose fault an end is.
enum class fault : std::uint8_t {
  /// Nobody's, or our own: no score moves.
  nobody,
  /// It happens to honest nodes, too, or somebody else can have caused it: such ends never lead to
  /// a ban (`scores`).
  chance,
  /// The node's own: it has proved its identity, and breaks the rules.
  conduct,
};

/// The cause of the end of a session or of a dial.
enum class ending_cause : std::uint8_t {
  own_choice,
  own_shortage,
  own_failure,
  goodbye,
  full,
  lost,
  silent,
  unreachable,
  refused,
  unproved,
  rejected,
  useless,
  unusable,
  breach,
};

/// A row of the table.
struct ending {
  ending_cause cause;
  std::string_view name;
  retry again;
  fault whose;
  /// The change of the score, in points; not above 0, and 0 if it is nobody's fault.
  int score;
  /// True if a broken link of our own looks the same (`own_link`).
  bool may_be_own_link;
};

/// The kinds of delay follow what other clients do: reth's three classes (low: full, ping timeout,
/// reset; medium: timeout; high: refused, useless, breach). The points are our own.
inline constexpr auto endings = std::to_array<ending>({
  {ending_cause::own_choice, "own choice", retry::soon, fault::nobody, 0, false},
  {ending_cause::own_shortage, "own shortage", retry::soon, fault::nobody, 0, false},
  {ending_cause::own_failure, "own failure", retry::medium, fault::nobody, 0, false},
  {ending_cause::goodbye, "goodbye", retry::low, fault::chance, 0, false},
  {ending_cause::full, "full", retry::low, fault::chance, 0, false},
  {ending_cause::lost, "lost", retry::low, fault::chance, -1, true},
  {ending_cause::silent, "silent", retry::medium, fault::chance, -2, true},
  {ending_cause::unreachable, "unreachable", retry::medium, fault::chance, -2, true},
  {ending_cause::refused, "refused", retry::high, fault::chance, -2, false},
  {ending_cause::unproved, "unproved", retry::medium, fault::chance, -2, false},
  {ending_cause::rejected, "rejected", retry::high, fault::chance, -1, false},
  {ending_cause::useless, "useless", retry::high, fault::chance, -1, false},
  {ending_cause::unusable, "unusable", retry::high, fault::chance, 0, false},
  {ending_cause::breach, "breach", retry::high, fault::conduct, -40, false},
});

/// Returns the row of a cause.
[[nodiscard]] constexpr const ending& row_of(ending_cause cause) {
  return endings[static_cast<std::size_t>(cause)];
}

static_assert([] {
  for (std::size_t i = 0; i < endings.size(); ++i) {
    const auto& x = endings[i];
    if (static_cast<std::size_t>(x.cause) != i || x.score > 0)
      return false;
    if (x.whose == fault::nobody && x.score != 0)
      return false;
  }
  return endings.back().cause == ending_cause::breach;
}());

/// Returns the cause that an error has as the end of a session or of a dial. The two errors that
/// carry a reason are found in `cause_of(const session_end&)`; alone they say nothing.
///
/// A `switch` without `default`: the compiler asks for a cause when an `errc` is added.
[[nodiscard]] constexpr ending_cause cause_of(errc code) {
  using enum ending_cause;
  switch (code) {
  case errc::shutting_down:
  case errc::handler_returned:
  case errc::local_disconnect:
  case errc::remote_disconnect:
  case errc::session_closed:
  case errc::no_such_peer:
  case errc::already_connected:
  case errc::too_many_peers:
  case errc::banned:
  case errc::not_admitted:
    return own_choice;
  case errc::out_of_memory:
  case errc::memory_budget_exceeded:
  case errc::too_many_files:
  case errc::too_many_pending:
  case errc::callback_failed:
  case errc::address_in_use:
  case errc::address_not_available:
  case errc::permission_denied:
  case errc::invalid_private_key:
  // Our own NAT, gateway and rendezvous.
  case errc::invalid_nat_method:
  case errc::no_gateway:
  case errc::gateway_refused:
  case errc::gateway_failed:
  case errc::mapping_conflict:
  case errc::mapping_not_kept:
  case errc::address_not_public:
  case errc::address_unknown:
  case errc::rendezvous_silent:
  // What the operator asks of a list.
  case errc::invalid_ban_subject:
  case errc::host_bits_set:
  case errc::invalid_ban:
  case errc::no_such_ban:
  case errc::node_is_trusted:
  case errc::node_not_trusted:
  case errc::list_full:
    return own_shortage;
  // Mistakes of our handlers. A remote may have brought them about, so that it is not dialled again
  // at once.
  case errc::handler_failed:
  case errc::handler_detached:
  case errc::handler_stalled:
  case errc::invalid_message_code:
  case errc::outgoing_message_too_large:
  case errc::too_many_requests:
  case errc::write_queue_full:
  case errc::child_failed:
    return own_failure;
  case errc::end_of_stream:
  case errc::connection_reset:
  case errc::ping_timeout:
    return lost;
  case errc::dial_timeout:
  case errc::handshake_timeout:
  case errc::write_timeout:
  case errc::request_timeout:
    return silent;
  case errc::host_unreachable:
  case errc::no_such_host:
  case errc::network_failure:
  case errc::punch_timeout:
  case errc::unknown_to_rendezvous:
    return unreachable;
  case errc::connection_refused:
    return refused;
  // Whoever sits at the address, or on the way to it, can cause these without the node's key.
  case errc::handshake_size:
  case errc::handshake_decryption:
  case errc::handshake_malformed:
  case errc::invalid_public_key:
  case errc::invalid_signature:
  case errc::header_mac_mismatch:
  case errc::body_mac_mismatch:
    return unproved;
  case errc::no_shared_capability:
    return useless;
  case errc::invalid_enode:
  case errc::invalid_endpoint:
  case errc::connected_to_self:
  case errc::symmetric_nat:
    return unusable;
  case errc::rlp_truncated:
  case errc::rlp_not_canonical:
  case errc::rlp_unexpected_kind:
  case errc::rlp_wrong_size:
  case errc::rlp_too_deep:
  case errc::rlp_too_many_elements:
  case errc::rlp_trailing_bytes:
  case errc::empty_frame:
  case errc::message_too_large:
  case errc::invalid_message_id:
  case errc::snappy_malformed:
  case errc::unexpected_message:
  case errc::malformed_hello:
  case errc::invalid_identity:
  case errc::unexpected_identity:
  case errc::message_code_out_of_range:
  case errc::base_message_flood:
  case errc::malformed_message:
    return breach;
  }
  return own_failure;
}

/// Returns the cause if the remote has sent the reason. Its words are about us: they are no proof
/// against it, nor for it.
[[nodiscard]] constexpr ending_cause cause_if_received(disconnect_reason reason) {
  using enum ending_cause;
  switch (reason) {
  case disconnect_reason::requested:
  case disconnect_reason::network_error:
  case disconnect_reason::already_connected:
  case disconnect_reason::client_quitting:
  case disconnect_reason::ping_timeout:
    return goodbye;
  case disconnect_reason::too_many_peers:
    return full;
  case disconnect_reason::useless_peer:
  case disconnect_reason::incompatible_version:
    return useless;
  case disconnect_reason::connected_to_self:
    return unusable;
  case disconnect_reason::breach_of_protocol:
  case disconnect_reason::invalid_identity:
  case disconnect_reason::unexpected_identity:
  case disconnect_reason::subprotocol_error:
  case disconnect_reason::undecodable:
    return rejected;
  }
  return rejected; // Any other byte.
}

/// Returns the cause if this end has found the reason, or has asked for the end with it, and there
/// is no error of this library that says more.
[[nodiscard]] constexpr ending_cause cause_if_found(disconnect_reason reason) {
  using enum ending_cause;
  switch (reason) {
  case disconnect_reason::requested:
  case disconnect_reason::too_many_peers:
  case disconnect_reason::already_connected:
  case disconnect_reason::client_quitting:
    return own_choice;
  // Without an error: a child was killed or crashed, or has an error of the protocol's own, which
  // may say `bad` (`scores`).
  case disconnect_reason::network_error:
  case disconnect_reason::subprotocol_error:
  case disconnect_reason::undecodable:
    return own_failure;
  case disconnect_reason::useless_peer:
  case disconnect_reason::incompatible_version:
    return useless;
  case disconnect_reason::connected_to_self:
    return unusable;
  case disconnect_reason::ping_timeout:
    return lost;
  case disconnect_reason::breach_of_protocol:
  case disconnect_reason::invalid_identity:
  case disconnect_reason::unexpected_identity:
    return breach;
  }
  return own_failure; // Any other byte.
}

/// Returns the cause of the end of a session, as `peer_dropped` and `session_failed` tell it.
[[nodiscard]] inline ending_cause cause_of(const session_end& end) {
  if (end.remote_requested)
    return cause_if_received(end.reason);
  if (end.code == errc{} || end.code == errc::local_disconnect ||
      end.code == errc::remote_disconnect)
    return cause_if_found(end.reason);
  auto out = cause_of(end.code);
  // The failure of a connection of the handler's own says nothing of this node.
  auto of_handler = end.reason == disconnect_reason::subprotocol_error;
  auto of_network = out == ending_cause::lost || out == ending_cause::silent ||
                    out == ending_cause::unreachable || out == ending_cause::refused;
  if (of_handler && of_network && end.code != errc::request_timeout)
    return ending_cause::own_failure;
  return out;
}

[[nodiscard]] inline const ending& meaning_of(const session_end& end) {
  return row_of(cause_of(end));
}

} // namespace devp2p
