// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p::nat {

/// The user's choice of NAT traversal, in the notation of go-ethereum.
struct method {
  enum class kind { none, any, upnp, natpmp, pcp, fixed, stun };

  kind how = kind::none;
  /// The address of the gateway or of the STUN server, or the external address; empty if it is to
  /// be found.
  std::string address;
  /// The port of the STUN server.
  std::uint16_t port = 0;

  /// Reads `none`, `any`, `upnp[:GATEWAY]`, `pmp[:GATEWAY]`, `pcp[:GATEWAY]`, `extip:ADDRESS` or
  /// `stun[:SERVER[:PORT]]`, where IPv6 addresses may stand in brackets. Fails with
  /// `errc::invalid_nat_method`.
  static expected<method> parse(std::string_view text);

  friend bool operator==(const method&, const method&) = default;
};

/// Inverse of `method::parse`.
[[nodiscard]] std::string to_string(const method& x);

/// Returns the gateways to try in order; the first that works is to be kept. Returns none for
/// `none`. Sends no packet yet.
[[nodiscard]] std::vector<std::shared_ptr<gateway>> gateways(const method& x);

} // namespace devp2p::nat
