// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/enode.hpp"

#include <chrono>
#include <string>

namespace devp2p::tool {

struct hello_options {
  enode remote;
  /// The path of the key file; empty for a fresh key.
  std::string key_file;
  /// The time limit for everything from the dial to the remote's Hello.
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};
};

/// `devp2p hello`: dials, prints the remote's Hello as a JSON object, and disconnects. Returns the
/// exit status.
int run_hello(const hello_options& options);

} // namespace devp2p::tool
