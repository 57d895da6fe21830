// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "header_walk.hpp"
#include "lines.hpp"

#include "devp2p/messages/enode.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace devp2p::tool {

struct eth_options {
  enode remote;
  /// The path of the key file; empty for a fresh key.
  std::string key_file;
  /// The headers to show, if any.
  std::optional<block_range> headers;
  style output = style::text;
  /// The time limit for the remote's Hello, for its status, and for each of its answers.
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};
};

/// `devp2p eth`: dials, prints what the remote says of its chain, and its headers as far as they
/// were asked for and are one chain. Returns the exit status.
int run_eth(const eth_options& options);

} // namespace devp2p::tool
