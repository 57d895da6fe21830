// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/endpoint.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The Simple Service Discovery Protocol (UPnP Device Architecture 1.1, section 1), as far as one
/// needs it to find a gateway and to hear of its restart. miniupnpc has it, too, but waits for as
/// long as anybody answers, and keeps all that they say.
namespace devp2p::nat::ssdp {

inline const endpoint group{"239.255.255.250", 1900};

/// What a gateway may call itself, oldest first; those of version 2 answer for version 1, too, as a
/// rule.
inline constexpr std::string_view gateway_types[] = {
  "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
  "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
  "urn:schemas-upnp-org:service:WANIPConnection:1",
  "urn:schemas-upnp-org:service:WANIPConnection:2",
  "urn:schemas-upnp-org:service:WANPPPConnection:1",
};

/// Section 1.3.2.
[[nodiscard]] bytes search_request(std::string_view type);

enum class kind {
  /// The answer to a search.
  answer,
  /// Unasked: the device is there, or there again.
  alive,
  byebye,
  /// Its BOOTID is about to change.
  update,
};

struct notice {
  ssdp::kind kind{};
  /// What was searched, or what is notified.
  std::string type;
  /// The description's URL.
  std::string location;
  /// Grows at each restart; some have none.
  std::optional<std::uint32_t> boot_id;
};

/// Nothing if it is neither an answer nor a notification.
[[nodiscard]] std::optional<notice> decode(byte_view in);

/// The parts of `http://HOST[:PORT]/PATH`, whose scheme may be in capitals.
struct url {
  endpoint server;
  std::string path;

  /// Nothing if it is none, its host is no IPv4 address, or there are control characters in it.
  static std::optional<url> parse(std::string_view text);

  /// Reads a reference, absolute or relative to this (RFC 3986, section 5); nothing as above.
  [[nodiscard]] std::optional<url> resolve(std::string_view reference) const;

  friend bool operator==(const url&, const url&) = default;
};

} // namespace devp2p::nat::ssdp
