// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace devp2p {

/// A sub-protocol that a node offers in its Hello. Ordered by name, octet by octet, then by
/// version.
struct capability {
  std::string name;
  std::uint64_t version = 0;

  friend bool operator==(const capability&, const capability&) = default;
  friend auto operator<=>(const capability&, const capability&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, capability& x) {
    return f(x.name, x.version);
  }
};

/// As people write it: `eth/68`. Whatever a remote may have put into the name, the result is
/// printable.
[[nodiscard]] std::string to_string(const capability& x);

/// `text` with everything that is not printable ASCII escaped as `\xNN`, cut at 256 octets: what a
/// remote sent must not steer a terminal or forge a log line.
[[nodiscard]] std::string printable(const std::string& text);

} // namespace devp2p
