// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"

#include <caf/error.hpp>
#include <caf/timespan.hpp>

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

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, local_port& x) {
    return f(x.protocol, x.number);
  }
};

/// `TCP 30303`
[[nodiscard]] inline std::string to_string(const local_port& x) {
  return std::string{to_string(x.protocol)} + ' ' + std::to_string(x.number);
}

/// What a gateway does for one of our ports.
struct port_mapping {
  local_port internal;
  /// Where others reach it.
  endpoint external;
  /// How long, from when it was granted; zero if the gateway sets no end.
  caf::timespan lifetime{0};
  /// The gateway, for people.
  std::string gateway;
  /// False if the gateway should be able to tell whether it keeps the mapping, but could not be
  /// asked: its word is all there is. Only a UPnP gateway is asked; the grants of NAT-PMP and PCP
  /// are the answer themselves.
  bool verified = true;

  friend bool operator==(const port_mapping&, const port_mapping&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, port_mapping& x) {
    return f(x.internal, x.external, x.lifetime, x.gateway, x.verified);
  }
};

// What a mapper tells.

/// A port can be reached from outside; as far as the gateway says, if the mapping could not be
/// verified.
struct port_mapped {
  port_mapping mapping;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, port_mapped& x) {
    return f(x.mapping);
  }
};

/// It still can, for another lifetime; verified or not, as of now.
struct port_renewed {
  port_mapping mapping;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, port_renewed& x) {
    return f(x.mapping);
  }
};

/// It can no more, or nobody knows whether it can.
struct port_lost {
  port_mapping mapping;
  /// For people.
  std::string why;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, port_lost& x) {
    return f(x.mapping, x.why);
  }
};

/// The same port is now to be reached elsewhere: the external address or port has changed.
struct external_changed {
  port_mapping mapping;
  /// Where it was.
  endpoint before;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, external_changed& x) {
    return f(x.mapping, x.before);
  }
};

/// A port could not be mapped, or a mapping not be renewed; it will be tried again.
struct mapping_failed {
  local_port internal;
  caf::error why;
  caf::timespan retry_after{0};

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, mapping_failed& x) {
    return f(x.internal, x.why, x.retry_after);
  }
};

} // namespace devp2p
