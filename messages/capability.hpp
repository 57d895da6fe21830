// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/inspect.hpp"

#include <compare>
#include <cstdint>
#include <string>

namespace devp2p {

/// A sub-protocol that a node offers in its Hello. Ordered by name, byte by byte, then by version.
struct capability {
  std::string name;
  std::uint64_t version = 0;

  friend bool operator==(const capability&, const capability&) = default;
  friend auto operator<=>(const capability&, const capability&) = default;

  friend auto inspect(auto& f, capability& x) {
    return inspect_fields(f, {"name", "version"}, x.name, x.version);
  }
};

/// Returns name and version as in `eth/68`. The result is printable whatever a remote has put into
/// the name.
[[nodiscard]] std::string to_string(const capability& x);

/// Returns the first 256 bytes of `text`, with the backslash and every byte that is not printable
/// ASCII escaped as `\xNN`. Text from a remote must not steer a terminal or forge a log line.
[[nodiscard]] std::string printable(const std::string& text);

} // namespace devp2p
