// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "lines.hpp"

#include "devp2p/messages/settings.hpp"
#include "devp2p/nat/method.hpp"

#include <string>
#include <vector>

namespace devp2p::tool {

struct node_options {
  endpoint listen{"127.0.0.1", 30303};
  /// The path of the key file; empty for a fresh key.
  std::string key_file;
  std::vector<enode> dial;
  std::vector<enode> trusted;
  nat::method nat;
  /// Whether to offer `echo/1`.
  bool echo = false;
  style output = style::text;
  std::string log_level = "warning";
  settings limits;
};

/// `devp2p node`: runs a node until the process is told to stop, and prints its events. Returns the
/// exit status.
int run_node(const node_options& options);

} // namespace devp2p::tool
