// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string_view>

namespace devp2p {

/// An error of this library: the result of a function, the answer to a request, or the reason for
/// which an actor ends. What the *remote* is told is a `disconnect_reason`, a type of its own. Each
/// error that ends a session has one.
///
/// Counts from 1: a `caf::error` with code 0 means "no error".
enum class errc : std::uint8_t {
  // Text that a person wrote.

  /// Not an `enode://` URL with 128 hexadecimal digits, a host and a port.
  invalid_enode = 1,
  /// Not HOST:PORT; IPv6 hosts stand in brackets.
  invalid_endpoint,
  /// Not a secp256k1 secret key of 32 bytes.
  invalid_private_key,
  /// Neither a node id nor an address nor a network.
  invalid_ban_subject,
  /// The address of a network has bits set after its prefix.
  host_bits_set,

  // RLP (Ethereum Yellow Paper, appendix B).

  /// An item is longer than the input that holds it.
  rlp_truncated,
  /// An item is not in its shortest encoding, the only one that is allowed.
  rlp_not_canonical,
  /// A list where a string was expected, or the other way round.
  rlp_unexpected_kind,
  /// An integer does not fit, or a string does not have the one length that is allowed.
  rlp_wrong_size,
  /// Lists are nested deeper than the limit.
  rlp_too_deep,
  /// More elements than the limit.
  rlp_too_many_elements,
  /// Bytes follow the end of the only item.
  rlp_trailing_bytes,

  // The RLPx handshake (RLPx, "Initial Handshake"; EIP-8).

  /// An auth or ack packet is shorter or longer than one can be.
  handshake_size,
  /// An auth or ack packet was not encrypted for us, or was changed on its way.
  handshake_decryption,
  /// The decrypted content of an auth or ack packet cannot be decoded.
  handshake_malformed,
  /// Bytes that should be a public key are not a point of secp256k1.
  invalid_public_key,
  /// No public key can be recovered from a signature.
  invalid_signature,

  // RLPx frames and their content.

  /// The tag of a frame's header is wrong.
  header_mac_mismatch,
  /// The tag of a frame's body is wrong.
  body_mac_mismatch,
  /// A frame has no content.
  empty_frame,
  /// A frame or a message is larger than what is allowed in this state of the session.
  message_too_large,
  /// A message's identifier is not a canonical RLP integer.
  invalid_message_id,
  /// A compressed message violates the snappy block format.
  snappy_malformed,

  // The base protocol (RLPx, "Capability Messaging").

  /// The first message was neither Hello nor Disconnect, or Hello came twice.
  unexpected_message,
  /// A Hello cannot be decoded.
  malformed_hello,
  /// The node id in Hello is not 64 bytes, or is zero.
  invalid_identity,
  /// The node id in Hello is not the one that the handshake proved, or not the one that was
  /// dialled.
  unexpected_identity,
  /// No capability is known to both ends.
  no_shared_capability,
  /// A message identifier belongs to no shared capability.
  message_code_out_of_range,
  /// The remote sent more Pings, unexpected Pongs or reserved base messages than
  /// `settings::max_base_messages` allows.
  base_message_flood,

  // Admission by the node.

  too_many_peers,
  already_connected,
  connected_to_self,
  /// Too many sessions do not run yet. A dial of this node is refused beyond
  /// `settings::max_dialing`. Accepted sessions are limited by `settings::max_pending`: one of the
  /// source that has most of them has given its place to another source.
  too_many_pending,
  /// A ban keeps the node, or its address, out. The error's context says which ban, and why.
  banned,
  /// `node_config::admission` does not admit the node.
  not_admitted,

  // Bans and trust.

  /// A ban that lasts no time.
  invalid_ban,
  /// The ban that is to be lifted does not exist.
  no_such_ban,
  /// A node that is trusted cannot be banned.
  node_is_trusted,
  /// The node is not trusted.
  node_not_trusted,
  /// The list of bans, or that of trusted nodes, is full.
  list_full,

  // The end of a session.

  /// The session did not run before `settings::handshake_timeout` was over.
  handshake_timeout,
  /// The remote was silent for too many ping intervals.
  ping_timeout,
  /// The remote sent Disconnect; the error's context holds its `disconnect_reason`.
  remote_disconnect,
  /// This end asked for the end of the session; the error's context holds the `disconnect_reason`.
  local_disconnect,
  /// The node has no running session with that node.
  no_such_peer,
  /// The session has ended. Its handlers find this error in their exit message, and callers that
  /// wait for an answer receive it.
  session_closed,
  /// A protocol handler ended without an error.
  handler_returned,
  /// A protocol handler cannot be spawned, or ended by an exception.
  handler_failed,
  /// A protocol handler that has failed, and was detached or replaced, tries to write.
  handler_detached,
  /// A protocol handler has held its whole read window, and released none of it, for too many ping
  /// intervals (`settings::max_missed_pings`).
  handler_stalled,
  /// A callback of the application, such as a traffic meter, has thrown.
  callback_failed,
  /// A child of a supervision tree has failed more often than its `restart_limits` allow; the
  /// error's context holds its name and its last failure.
  child_failed,
  /// The sessions hold too much memory (`settings::max_memory`), and of those that want more, or
  /// keep others from it, this one holds most.
  memory_budget_exceeded,

  // Typed protocols.

  /// A remote's message cannot be decoded as its type, or the protocol does not have it, or it is
  /// an answer without a request.
  malformed_message,
  /// The remote has not answered a request in time.
  request_timeout,
  /// More requests wait for their turn than `request_limits::max_waiting` allows.
  too_many_requests,

  // Mistakes of a protocol handler.

  /// A handler wrote a message code that its protocol does not have; the message was not sent.
  invalid_message_code,
  /// A handler wrote more than `protocol::max_message_size`; the message was not sent.
  outgoing_message_too_large,
  /// A handler writes faster than the remote reads: `settings::max_write_queue` bytes wait.
  write_queue_full,

  // The network.

  /// The remote closed the connection without a Disconnect.
  end_of_stream,
  connection_refused,
  connection_reset,
  host_unreachable,
  no_such_host,
  address_in_use,
  address_not_available,
  permission_denied,
  dial_timeout,
  write_timeout,
  /// The process, or the whole system, has no file descriptor left: EMFILE and ENFILE.
  too_many_files,
  /// The process or the operating system has no memory left: `std::bad_alloc`, ENOMEM and ENOBUFS.
  out_of_memory,
  /// Any other failure of the operating system's network.
  network_failure,
  /// The node is stopping.
  shutting_down,

  // NAT: gateways, and holes in them.

  /// A text does not name a method to get through a NAT.
  invalid_nat_method,
  /// No gateway has answered in time.
  no_gateway,
  /// The gateway does not allow what was asked.
  gateway_refused,
  /// The gateway cannot do what was asked, or its answer makes no sense.
  gateway_failed,
  /// The external port belongs to another host, and so do those tried in its place.
  mapping_conflict,
  /// The gateway claims to map the port but does not.
  mapping_not_kept,
  /// The gateway's own external address is not public: there is another NAT in front of it.
  address_not_public,
  /// Too few of the STUN servers that were asked agree on our external address.
  address_unknown,
  /// The rendezvous has not answered in time.
  rendezvous_silent,
  /// The other side has not registered at the rendezvous.
  unknown_to_rendezvous,
  /// Neither side's NAT lets the other in: at least one of them is symmetric.
  symmetric_nat,
  /// No hole could be punched in time.
  punch_timeout,
};

/// Returns a sentence without a full stop, for logs and error messages.
[[nodiscard]] std::string_view to_string(errc code);

/// Returns the error that `number`, an `errno` of the operating system, stands for.
[[nodiscard]] errc from_errno(int number);

} // namespace devp2p
