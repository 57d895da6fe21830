// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/mapping.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

/// Datagrams of the Port Control Protocol, version 2 (RFC 6887), as far as a client that maps ports
/// needs them.
namespace devp2p::nat::pcp {

inline constexpr std::uint16_t server_port = 5351;
/// The port to which restarts are announced, in the group of all hosts (section 14.1).
inline constexpr std::uint16_t client_port = 5350;

/// Proves that a mapping is ours (section 11.2).
using nonce = byte_array<12>;

/// Result codes (section 7.4).
enum class result : std::uint8_t {
  success = 0,
  unsupported_version = 1,
  not_authorized = 2,
  malformed_request = 3,
  unsupported_opcode = 4,
  unsupported_option = 5,
  malformed_option = 6,
  network_failure = 7,
  no_resources = 8,
  unsupported_protocol = 9,
  user_exceeded_quota = 10,
  cannot_provide_external = 11,
  address_mismatch = 12,
  excessive_remote_peers = 13,
};

/// Returns a human-readable text, also for an unknown code.
[[nodiscard]] std::string to_string(result x);

/// A request with the opcode MAP (section 11.1).
struct map_request {
  /// The address of this host, which must be the source that the server sees.
  std::string client;
  pcp::nonce nonce{};
  local_port internal;
  /// The preferred external endpoint; port 0 or an empty host means no preference.
  endpoint external;
  /// Zero deletes the mapping.
  std::chrono::seconds lifetime{0};
};

/// Encodes the request; returns `nullopt` if one of its hosts is no address.
[[nodiscard]] std::optional<bytes> encode(const map_request& x);

/// Encodes a question whether a server is there (section 14.1.2); `nullopt` if `client` is no
/// address.
[[nodiscard]] std::optional<bytes> encode_announce(const std::string& client);

struct map_grant {
  pcp::nonce nonce{};
  local_port internal;
  endpoint external;
};

/// A datagram from a server, solicited or not.
struct response {
  pcp::result result{};
  /// The lifetime of the mapping; with a failure, the time for which the same request is useless.
  std::chrono::seconds lifetime{0};
  /// Seconds since the server began to keep its state (section 8.5).
  std::uint32_t epoch = 0;
  /// Present for MAP, absent for ANNOUNCE.
  std::optional<map_grant> map;
};

/// Returns `nullopt` if `in` is not a response to MAP or ANNOUNCE. A response of another version,
/// such as NAT-PMP's 0, becomes `result::unsupported_version`, as the server itself would have
/// answered.
[[nodiscard]] std::optional<response> decode(byte_view in);

} // namespace devp2p::nat::pcp
