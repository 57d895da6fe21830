// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "lines.hpp"

#include <optional>
#include <string>
#include <vector>

namespace devp2p::tool {

struct rendezvous_options {
  /// Two addresses of this host, so that guests can see whether their NATs are symmetric.
  std::vector<endpoint> listen;
  style output = style::text;
};

/// `devp2p nat rendezvous`: introduces nodes behind NATs to each other until the process is told to
/// stop. Returns the exit status.
int run_rendezvous(const rendezvous_options& options);

struct punch_options {
  /// One or two endpoints of a rendezvous that both sides know.
  std::vector<endpoint> rendezvous;
  node_id remote;
  std::string key_file;
  /// Whether to punch TCP instead of UDP, and to hold a session on the connection.
  bool session = false;
  style output = style::text;
};

/// `devp2p nat punch`: opens a hole to a node that does the same, and keeps it open until the
/// process is told to stop. Returns the exit status.
int run_punch(const punch_options& options);

} // namespace devp2p::tool
