// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/errc.hpp"

#include <cerrno>

namespace devp2p {

std::string_view to_string(errc code) {
  switch (code) {
  case errc::invalid_enode:
    return "not an enode URL: enode://128-HEX-DIGITS@HOST:PORT[?discport=PORT]";
  case errc::invalid_endpoint:
    return "not an address: HOST:PORT, with an IPv6 host in brackets";
  case errc::invalid_private_key:
    return "not a secp256k1 secret key";
  case errc::invalid_ban_subject:
    return "not what can be banned: 128-HEX-DIGITS, ADDRESS or ADDRESS/PREFIX";
  case errc::host_bits_set:
    return "not a network: its address has bits set after the prefix";
  case errc::rlp_truncated:
    return "RLP: an item is longer than its input";
  case errc::rlp_not_canonical:
    return "RLP: an item is not in its canonical encoding";
  case errc::rlp_unexpected_kind:
    return "RLP: a list where a string was expected, or the other way round";
  case errc::rlp_wrong_size:
    return "RLP: a string or an integer has the wrong size";
  case errc::rlp_too_deep:
    return "RLP: lists are nested too deep";
  case errc::rlp_too_many_elements:
    return "RLP: a list has too many elements";
  case errc::rlp_trailing_bytes:
    return "RLP: bytes follow the item";
  case errc::handshake_size:
    return "a handshake packet is too short or too long";
  case errc::handshake_decryption:
    return "a handshake packet was not encrypted for this node, or was changed";
  case errc::handshake_malformed:
    return "a handshake packet cannot be decoded";
  case errc::invalid_public_key:
    return "the public key is not a point of the curve";
  case errc::invalid_signature:
    return "no key can be recovered from the signature";
  case errc::header_mac_mismatch:
    return "a frame's header has a wrong MAC";
  case errc::body_mac_mismatch:
    return "a frame's body has a wrong MAC";
  case errc::empty_frame:
    return "a frame has no content";
  case errc::message_too_large:
    return "a message is too large";
  case errc::invalid_message_id:
    return "a message's identifier is not a canonical integer";
  case errc::snappy_malformed:
    return "a message is not a well-formed snappy block";
  case errc::unexpected_message:
    return "a message came out of order: the first one must be Hello, and only that one";
  case errc::malformed_hello:
    return "the remote's Hello cannot be decoded";
  case errc::invalid_identity:
    return "the remote's Hello has no valid node id";
  case errc::unexpected_identity:
    return "the remote is not the node that its Hello, or the dial, names";
  case errc::no_shared_capability:
    return "the remote shares no capability with this node";
  case errc::message_code_out_of_range:
    return "the remote sent a message code that no shared capability has";
  case errc::base_message_flood:
    return "the remote sends too many messages of the base protocol";
  case errc::too_many_peers:
    return "this node has too many peers";
  case errc::already_connected:
    return "there is a session with that node already, or a dial to it";
  case errc::connected_to_self:
    return "the remote is this node itself";
  case errc::too_many_pending:
    return "too many sessions are pending";
  case errc::banned:
    return "the node or its address is banned";
  case errc::not_admitted:
    return "the node's admission does not admit the remote";
  case errc::invalid_ban:
    return "a ban must last for some time";
  case errc::no_such_ban:
    return "there is no such ban";
  case errc::node_is_trusted:
    return "the node is trusted, and cannot be banned: untrust it first";
  case errc::node_not_trusted:
    return "the node is not trusted";
  case errc::list_full:
    return "the list is full: remove an entry first";
  case errc::handshake_timeout:
    return "the session was not established in time";
  case errc::ping_timeout:
    return "the remote was silent for too long";
  case errc::remote_disconnect:
    return "the remote disconnected";
  case errc::local_disconnect:
    return "this node disconnected";
  case errc::no_such_peer:
    return "no session with that node is running";
  case errc::session_closed:
    return "the session has ended";
  case errc::handler_returned:
    return "the handler ended without an error";
  case errc::handler_failed:
    return "the handler failed";
  case errc::handler_detached:
    return "the handler has failed before, and can write no more";
  case errc::handler_stalled:
    return "the handler has stalled: it releases no message";
  case errc::callback_failed:
    return "a callback of the application has thrown an exception";
  case errc::child_failed:
    return "a child of a supervision tree has failed too often";
  case errc::memory_budget_exceeded:
    return "the memory for all sessions (max_memory) is used up, and this session holds most";
  case errc::malformed_message:
    return "a message makes no sense";
  case errc::request_timeout:
    return "the remote has not answered a request in time";
  case errc::too_many_requests:
    return "too many requests wait for their turn";
  case errc::invalid_message_code:
    return "the handler wrote a code that its protocol does not have";
  case errc::outgoing_message_too_large:
    return "the handler wrote a message over its protocol's limit";
  case errc::write_queue_full:
    return "the handler writes faster than the remote reads";
  case errc::end_of_stream:
    return "the remote closed the connection";
  // The operating system's own words, up to `permission_denied`: people search for them.
  case errc::connection_refused:
    return "connection refused";
  case errc::connection_reset:
    return "connection reset";
  case errc::host_unreachable:
    return "host unreachable";
  case errc::no_such_host:
    return "no such host";
  case errc::address_in_use:
    return "address in use";
  case errc::address_not_available:
    return "address not available on this host";
  case errc::permission_denied:
    return "permission denied";
  case errc::dial_timeout:
    return "the remote did not answer the dial in time";
  case errc::write_timeout:
    return "the remote does not read what this node writes";
  case errc::too_many_files:
    return "no file descriptor is left: raise the limit of open files (ulimit -n), or lower the "
           "number of peers";
  case errc::out_of_memory:
    return "out of memory";
  case errc::network_failure:
    return "network failure";
  case errc::shutting_down:
    return "the node is stopping";
  case errc::invalid_nat_method:
    return "not a method to get through a NAT: none, any, upnp[:GATEWAY], pmp[:GATEWAY], "
           "pcp[:GATEWAY], extip:ADDRESS, stun[:SERVER]";
  case errc::no_gateway:
    return "no gateway answers; UPnP, NAT-PMP and PCP may be off in the router";
  case errc::gateway_refused:
    return "the gateway refuses the request";
  case errc::gateway_failed:
    return "the gateway cannot do what was asked";
  case errc::mapping_conflict:
    return "the external port belongs to another host";
  case errc::mapping_not_kept:
    return "the gateway claims to map the port, but does not";
  case errc::address_not_public:
    return "the external address is not public: the gateway is behind another NAT";
  case errc::address_unknown:
    return "the external address is unknown: too few STUN servers agree on it";
  case errc::rendezvous_silent:
    return "the rendezvous does not answer";
  case errc::unknown_to_rendezvous:
    return "the other side has not registered at the rendezvous";
  case errc::symmetric_nat:
    return "a symmetric NAT keeps the two sides apart";
  case errc::punch_timeout:
    return "no hole could be punched in time";
  }
  return "unknown error";
}

errc from_errno(int number) {
  switch (number) {
  case ECONNREFUSED:
    return errc::connection_refused;
  case ECONNRESET:
  case ECONNABORTED:
  case EPIPE: // A later write after a reset; an earlier one has got ECONNRESET.
    return errc::connection_reset;
  case EHOSTUNREACH:
  case ENETUNREACH:
    return errc::host_unreachable;
  case EADDRINUSE:
    return errc::address_in_use;
  case EADDRNOTAVAIL:
  case EAFNOSUPPORT:
    return errc::address_not_available;
  case EACCES:
  case EPERM:
    return errc::permission_denied;
  case ETIMEDOUT:
    return errc::dial_timeout;
  case EMFILE:
  case ENFILE:
    return errc::too_many_files;
  case ENOMEM:
  case ENOBUFS:
    return errc::out_of_memory;
  default:
    return errc::network_failure;
  }
}

} // namespace devp2p
