// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "lines.hpp"

#include "devp2p/nat/method.hpp"

#include <cstdint>
#include <vector>

namespace devp2p::tool {

struct probe_options {
  /// The gateways to try; without an option, any that can be found.
  nat::method nat{nat::method::kind::any, {}, 0};
  /// The STUN servers to ask for the addresses that they see; public ones if empty.
  std::vector<endpoint> stun;
  style output = style::text;
};

/// `devp2p nat probe`: looks for gateways, tries to map a port at each, and prints the results and
/// the kind of NAT. Returns `succeeded` iff a gateway has mapped a port.
int run_nat_probe(const probe_options& options);

struct map_options {
  std::uint16_t port = 0;
  bool tcp = true;
  bool udp = true;
  nat::method nat{nat::method::kind::any, {}, 0};
  style output = style::text;
};

/// `devp2p nat map`: keeps a port mapped until the process is told to stop, and prints the events.
/// Returns the exit status.
int run_nat_map(const map_options& options);

} // namespace devp2p::tool
