// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/capability.hpp"
#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/node_id.hpp"

#include <string>
#include <vector>

namespace devp2p {

/// The first message of each end: its identity and its capabilities (RLPx, "Hello (0x00)").
struct hello {
  /// The first version of the base protocol that compresses messages (EIP-706).
  static constexpr std::uint64_t snappy_version = 5;

  std::uint64_t version = snappy_version;
  /// A name for people; a remote may put any bytes here, see `printable`.
  std::string client_id;
  std::vector<capability> capabilities;
  /// A legacy field, which the library itself does not use.
  std::uint16_t listen_port = 0;
  node_id id;

  friend bool operator==(const hello&, const hello&) = default;

  friend auto inspect(auto& f, hello& x) {
    return inspect_fields(f, {"version", "client_id", "capabilities", "listen_port", "id"},
                          x.version, x.client_id, x.capabilities, x.listen_port, x.id);
  }
};

} // namespace devp2p
