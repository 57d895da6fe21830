// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/enode.hpp"

#include <chrono>
#include <string>

namespace devp2p::tool {

struct hello_options {
  enode remote;
  /// Empty for a fresh key.
  std::string key_file;
  /// For everything, from the dial to the remote's Hello.
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};
};

/// `devp2p hello`: dials, prints the remote's Hello as a JSON object, and takes its leave.
int run_hello(const hello_options& options);

} // namespace devp2p::tool
