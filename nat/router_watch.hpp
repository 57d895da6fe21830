// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/interrupt.hpp"

#include <functional>
#include <optional>
#include <string>

namespace devp2p::nat {

/// Returns the address of the gateway to listen to; `nullopt` if there is none.
using gateway_finder = std::function<std::optional<std::string>()>;

/// Listens for announcements of the default gateway to all hosts of its network: a new external
/// address or a restart. They come by NAT-PMP (RFC 6886, section 3.2.1), PCP (RFC 6887, section
/// 14.1) and UPnP (a new BOOTID, or the first notice after the end of the device).
///
/// Calls `tell`, a few times a second at most. Any host of the network can forge such a datagram:
/// it is a reason to ask the gateway, but no proof. Blocks until the interrupt is raised. A default
/// gateway that appears or changes is noticed within seconds. `find_gateway` returns it; if it
/// throws `std::system_error`, it is called again.
void watch_router(
  const interrupt& stop, const std::function<void()>& tell,
  const gateway_finder& find_gateway = [] { return default_gateway(); });

} // namespace devp2p::nat
