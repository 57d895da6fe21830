// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/interrupt.hpp"

#include <functional>
#include <string>

namespace devp2p::nat {

/// Listens for what routers tell all hosts of their network: that their external address has changed
/// or that they have restarted, by NAT-PMP (RFC 6886, section 3.2.1), PCP (RFC 6887, section 14.1)
/// and UPnP (a new BOOTID, or the end of the device).
///
/// Calls `tell` with the router's address, a few times a second at most for each. Anybody on the
/// network can send such a datagram in its name: it is a reason to ask the router, and none to
/// believe anything. Blocks until the interrupt is raised; returns at once if there is no way to a
/// default gateway, on whose network it would listen.
void watch_routers(const interrupt& stop,
                   const std::function<void(const std::string& router)>& tell);

} // namespace devp2p::nat
