// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "lines.hpp"

#include "devp2p/nat/method.hpp"

#include <cstdint>
#include <vector>

namespace devp2p::tool {

struct probe_options {
  /// Everything that there is, if nothing is named.
  nat::method nat{nat::method::kind::any, {}, 0};
  /// Who is asked what they see; the public ones if none is named.
  std::vector<endpoint> stun;
  style output = style::text;
};

/// `devp2p nat probe`: looks for gateways, tries what each can do, and prints it.
int run_nat_probe(const probe_options& options);

struct map_options {
  std::uint16_t port = 0;
  bool tcp = true;
  bool udp = true;
  nat::method nat{nat::method::kind::any, {}, 0};
  style output = style::text;
};

/// `devp2p nat map`: keeps a port mapped until the process is told to stop, and prints what
/// happens.
int run_nat_map(const map_options& options);

} // namespace devp2p::tool
