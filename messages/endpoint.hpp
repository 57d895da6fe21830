// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/inspect.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace devp2p {

/// A host and a TCP or UDP port, at which a node can be reached.
struct endpoint {
  /// An IPv4 or IPv6 address in its canonical text form (RFC 5952, without brackets), or a DNS
  /// name.
  std::string host;
  /// When listening, 0 lets the system choose.
  std::uint16_t port = 0;

  /// Reads `HOST:PORT`; an IPv6 host stands in brackets. Fails with `errc::invalid_endpoint`.
  static expected<endpoint> parse(std::string_view text);

  /// Returns whether the host is an address rather than a name.
  [[nodiscard]] bool is_address() const;

  /// Returns whether the host is one that `parse` reads. An endpoint from a message was never
  /// parsed: check it here before its host reaches the system's resolver.
  [[nodiscard]] bool has_valid_host() const;

  friend bool operator==(const endpoint&, const endpoint&) = default;
  friend auto operator<=>(const endpoint&, const endpoint&) = default;

  friend auto inspect(auto& f, endpoint& x) {
    return inspect_fields(f, {"host", "port"}, x.host, x.port);
  }
};

/// The inverse of `endpoint::parse`.
[[nodiscard]] std::string to_string(const endpoint& x);

/// Reads a decimal port, 0 to 65535, without sign, blanks or leading zeros.
[[nodiscard]] expected<std::uint16_t> parse_port(std::string_view text);

} // namespace devp2p
