// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/node_id.hpp"

namespace devp2p {

/// A node's identity and address, as people exchange them: `enode://ID@HOST:PORT[?discport=PORT]`
/// (the "Node Discovery Protocol" URL of devp2p).
struct enode {
  node_id id;
  /// The endpoint at which the node is dialled.
  endpoint address;
  /// The UDP port of discovery. `parse` sets it to the TCP port if the URL has no `discport`.
  std::uint16_t discovery_port = 0;

  /// Reads the URL. Fails with `errc::invalid_enode`.
  static expected<enode> parse(std::string_view text);

  friend bool operator==(const enode&, const enode&) = default;

  friend auto inspect(auto& f, enode& x) {
    return inspect_fields(f, {"id", "address", "discovery_port"}, x.id, x.address,
                          x.discovery_port);
  }
};

/// The inverse of `enode::parse`. Omits `discport` if it equals the TCP port.
[[nodiscard]] std::string to_string(const enode& x);

} // namespace devp2p
