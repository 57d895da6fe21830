// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>
#include <vector>

namespace devp2p::nat {

/// Servers that anybody may ask, run by different people.
[[nodiscard]] const std::vector<endpoint>& public_stun_servers();

/// Maps nothing, but says how others see us: the external address is what two of `servers` agree
/// on, or what the only one says. The port is taken to be our own: a person has to have mapped it.
[[nodiscard]] std::unique_ptr<gateway> make_stun(std::vector<endpoint> servers);

/// How a NAT chooses the external port of one of ours (RFC 4787, section 4.1).
enum class mapping_behaviour {
  /// There is none: others see our own address.
  no_nat,
  /// The same, whomever we speak to: holes can be punched.
  endpoint_independent,
  /// Another for each remote: a symmetric NAT.
  address_dependent,
};

[[nodiscard]] const char* to_string(mapping_behaviour x);

/// Asks two of `servers` from one port.
[[nodiscard]] outcome<mapping_behaviour> observe_mapping(const std::vector<endpoint>& servers);

} // namespace devp2p::nat
