// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/mapping.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

/// The Port Control Protocol, version 2 (RFC 6887): its datagrams, as far as a client that maps
/// ports has use for them.
namespace devp2p::nat::pcp {

inline constexpr std::uint16_t server_port = 5351;
/// Where restarts are announced, to the group of all hosts (section 14.1).
inline constexpr std::uint16_t client_port = 5350;

/// Proves that a mapping is ours (section 11.2).
using nonce = byte_array<12>;

/// Section 7.4.
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

/// For people; what is not known, too.
[[nodiscard]] std::string to_string(result x);

/// What is asked for with the opcode MAP (section 11.1).
struct map_request {
  /// Our address, as the server must see it.
  std::string client;
  pcp::nonce nonce{};
  local_port internal;
  /// Wishes; port 0, or an empty host, for none.
  endpoint external;
  /// Zero deletes.
  std::chrono::seconds lifetime{0};
};

/// Nothing if a host in it is no address.
[[nodiscard]] std::optional<bytes> encode(const map_request& x);

/// Asks whether a server is there (section 14.1.2); nothing if `client` is no address.
[[nodiscard]] std::optional<bytes> encode_announce(const std::string& client);

struct map_grant {
  pcp::nonce nonce{};
  local_port internal;
  endpoint external;
};

/// What a server says, asked or unasked.
struct response {
  pcp::result result{};
  /// Of the mapping; or, with a failure, how long it is no use to ask again.
  std::chrono::seconds lifetime{0};
  /// Seconds since the server began to keep its state (section 8.5).
  std::uint32_t epoch = 0;
  /// With MAP; otherwise it was ANNOUNCE.
  std::optional<map_grant> map;
};

/// Nothing if it is not a response to MAP or ANNOUNCE. Of another version, such as NAT-PMP's 0, it
/// has `result::unsupported_version`, as the server would have said itself.
[[nodiscard]] std::optional<response> decode(byte_view in);

} // namespace devp2p::nat::pcp
