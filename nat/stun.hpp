// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>
#include <vector>

namespace devp2p::nat {

/// Returns public STUN servers of several operators.
[[nodiscard]] const std::vector<endpoint>& public_stun_servers();

/// Returns a gateway that maps no port, but reports the address that others see. The external
/// address is the one on which two of `servers` agree, or the answer of the only one. The external
/// port is assumed to equal the internal one: the user must have mapped it.
[[nodiscard]] std::unique_ptr<gateway> make_stun(std::vector<endpoint> servers);

/// A NAT's way to choose the external port of one of our ports (RFC 4787, section 4.1).
enum class mapping_behaviour {
  /// Others see our own address.
  no_nat,
  /// One external port for all remotes: holes can be punched.
  endpoint_independent,
  /// Another external port for each remote: a symmetric NAT.
  address_dependent,
};

[[nodiscard]] const char* to_string(mapping_behaviour x);

/// Asks two of `servers` from one port. Fails with `errc::address_unknown` if fewer than two
/// answer.
[[nodiscard]] outcome<mapping_behaviour> observe_mapping(const std::vector<endpoint>& servers);

} // namespace devp2p::nat
