// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/endpoint.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The Simple Service Discovery Protocol (UPnP Device Architecture 1.1, section 1), as far as
/// needed to find a gateway and to notice its restart. miniupnpc implements it, too, but waits as
/// long as answers come, and keeps all of them.
namespace devp2p::nat::ssdp {

inline const endpoint group{"239.255.255.250", 1900};

/// The types under which a gateway may answer, oldest first. A device of version 2 usually answers
/// for version 1, too.
inline constexpr std::string_view gateway_types[] = {
  "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
  "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
  "urn:schemas-upnp-org:service:WANIPConnection:1",
  "urn:schemas-upnp-org:service:WANIPConnection:2",
  "urn:schemas-upnp-org:service:WANPPPConnection:1",
};

/// Returns the search for a type (section 1.3.2).
[[nodiscard]] bytes search_request(std::string_view type);

enum class kind {
  /// The answer to a search.
  answer,
  /// The device announces itself, for the first time or again.
  alive,
  byebye,
  /// The BOOTID of the device is about to change.
  update,
};

struct notice {
  ssdp::kind kind{};
  /// The searched or notified type.
  std::string type;
  /// The URL of the description.
  std::string location;
  /// Increases at each restart; some devices send none.
  std::optional<std::uint32_t> boot_id;
};

/// Returns `nullopt` if the datagram is neither an answer nor a notification.
[[nodiscard]] std::optional<notice> decode(byte_view in);

/// The parts of `http://HOST[:PORT]/PATH`; the scheme may be in upper case.
struct url {
  endpoint server;
  std::string path;

  /// Returns `nullopt` if the text is no such URL, its host is no IPv4 address, or it contains
  /// control characters.
  static std::optional<url> parse(std::string_view text);

  /// Resolves a reference, absolute or relative to this URL (RFC 3986, section 5). Returns
  /// `nullopt` in the same cases as `parse`.
  [[nodiscard]] std::optional<url> resolve(std::string_view reference) const;

  friend bool operator==(const url&, const url&) = default;
};

} // namespace devp2p::nat::ssdp
