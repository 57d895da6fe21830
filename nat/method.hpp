// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p::nat {

/// The way through a NAT that a person has chosen, in the words that users of go-ethereum know.
struct method {
  enum class kind { none, any, upnp, natpmp, pcp, fixed, stun };

  kind how = kind::none;
  /// The gateway's address, the external one, or that of a STUN server; empty where it is to be
  /// found.
  std::string address;
  /// Of a STUN server.
  std::uint16_t port = 0;

  /// Reads `none`, `any`, `upnp[:GATEWAY]`, `pmp[:GATEWAY]`, `pcp[:GATEWAY]`, `extip:ADDRESS` or
  /// `stun[:SERVER[:PORT]]`, where IPv6 addresses may stand in brackets. Fails with
  /// `errc::invalid_nat_method`.
  static expected<method> parse(std::string_view text);

  friend bool operator==(const method&, const method&) = default;
};

/// Inverse of `method::parse`.
[[nodiscard]] std::string to_string(const method& x);

/// Those who are to be asked for it, the first that works is to be kept; none for `none`. Nothing
/// is sent yet.
[[nodiscard]] std::vector<std::shared_ptr<gateway>> gateways(const method& x);

} // namespace devp2p::nat
