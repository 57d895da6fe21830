// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>

namespace devp2p {

/// The reason for which a session ends, as it is sent to the other end (RLPx, "Disconnect (0x01)").
///
/// Any byte is a value: the reason that a remote sends is kept as it is, known here or not.
enum class disconnect_reason : std::uint8_t {
  requested = 0x00,
  network_error = 0x01,
  breach_of_protocol = 0x02,
  useless_peer = 0x03,
  too_many_peers = 0x04,
  already_connected = 0x05,
  incompatible_version = 0x06,
  invalid_identity = 0x07,
  client_quitting = 0x08,
  unexpected_identity = 0x09,
  connected_to_self = 0x0a,
  ping_timeout = 0x0b,
  subprotocol_error = 0x10,
  /// Not in the specification and never sent: the remote's reason could not be decoded.
  undecodable = 0xff,
};

/// Returns the specification's words, or `unknown disconnect reason N` for any other value.
[[nodiscard]] std::string to_string(disconnect_reason reason);

} // namespace devp2p
