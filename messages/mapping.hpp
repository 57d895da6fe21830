// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/inspect.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace devp2p {

enum class transport : std::uint8_t { tcp, udp };

[[nodiscard]] constexpr const char* to_string(transport x) {
  return x == transport::tcp ? "TCP" : "UDP";
}

/// A port of this host.
struct local_port {
  transport protocol = transport::tcp;
  std::uint16_t number = 0;

  friend bool operator==(const local_port&, const local_port&) = default;
  friend auto operator<=>(const local_port&, const local_port&) = default;

  friend auto inspect(auto& f, local_port& x) {
    return inspect_fields(f, {"protocol", "number"}, x.protocol, x.number);
  }
};

/// Returns the port as in `TCP 30303`.
[[nodiscard]] inline std::string to_string(const local_port& x) {
  return std::string{to_string(x.protocol)} + ' ' + std::to_string(x.number);
}

/// A mapping of a local port by a gateway.
struct port_mapping {
  local_port internal;
  /// The endpoint at which others reach the port.
  endpoint external;
  /// The time that the mapping holds, from the grant on; zero if the gateway sets no end.
  std::chrono::nanoseconds lifetime{0};
  /// The gateway's name, for people.
  std::string gateway;
  /// False if the gateway should be able to tell whether it keeps the mapping, but could not be
  /// asked: then the mapping rests on the gateway's word alone. Only a UPnP gateway is asked; the
  /// grants of NAT-PMP and PCP are the answer themselves.
  bool verified = true;

  friend bool operator==(const port_mapping&, const port_mapping&) = default;

  friend auto inspect(auto& f, port_mapping& x) {
    return inspect_fields(f, {"internal", "external", "lifetime", "gateway", "verified"},
                          x.internal, x.external, x.lifetime, x.gateway, x.verified);
  }
};

} // namespace devp2p
