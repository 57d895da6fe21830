// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/disconnect_reason.hpp"

namespace devp2p {

std::string to_string(disconnect_reason reason) {
  switch (reason) {
  case disconnect_reason::requested:
    return "disconnect requested";
  case disconnect_reason::network_error:
    return "network error";
  case disconnect_reason::breach_of_protocol:
    return "breach of protocol";
  case disconnect_reason::useless_peer:
    return "useless peer";
  case disconnect_reason::too_many_peers:
    return "too many peers";
  case disconnect_reason::already_connected:
    return "already connected";
  case disconnect_reason::incompatible_version:
    return "incompatible p2p protocol version";
  case disconnect_reason::invalid_identity:
    return "invalid node identity";
  case disconnect_reason::client_quitting:
    return "client quitting";
  case disconnect_reason::unexpected_identity:
    return "unexpected identity";
  case disconnect_reason::connected_to_self:
    return "connected to self";
  case disconnect_reason::ping_timeout:
    return "ping timeout";
  case disconnect_reason::subprotocol_error:
    return "subprotocol error";
  case disconnect_reason::undecodable:
    return "undecodable disconnect reason";
  }
  return "unknown disconnect reason " + std::to_string(static_cast<unsigned>(reason));
}

} // namespace devp2p
