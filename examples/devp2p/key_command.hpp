// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"

#include <string>

namespace devp2p::tool {

/// `devp2p key new`: makes a key file and prints the node's id. Returns the exit status.
int make_key(const std::string& path);

/// `devp2p key show`: prints the id of the node whose key the file holds, and its URL at `address`.
/// Returns the exit status.
int show_key(const std::string& path, const endpoint& address);

} // namespace devp2p::tool
