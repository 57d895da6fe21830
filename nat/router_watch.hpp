// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/interrupt.hpp"

#include <functional>
#include <optional>
#include <string>

namespace devp2p::nat {

/// The address of the gateway that is to be listened to; nothing if there is none.
using gateway_finder = std::function<std::optional<std::string>()>;

/// Listens for what the default gateway tells all hosts of its network: that its external address
/// has changed or that it has restarted, by NAT-PMP (RFC 6886, section 3.2.1), PCP (RFC 6887,
/// section 14.1) and UPnP (a new BOOTID, or the end of the device).
///
/// Calls `tell`, a few times a second at most. Anybody on the network can send such a datagram in
/// the gateway's name: it is a reason to ask the gateway, and none to believe anything. Blocks
/// until the interrupt is raised; a default gateway that comes, or changes, is noticed within
/// seconds. Who that is, `find_gateway` says, which may throw `std::system_error`: it is asked
/// again.
void watch_router(
  const interrupt& stop, const std::function<void()>& tell,
  const gateway_finder& find_gateway = [] { return default_gateway(); });

} // namespace devp2p::nat
