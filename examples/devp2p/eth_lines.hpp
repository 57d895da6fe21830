// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/header.hpp"
#include "eth/status.hpp"
#include "header_walk.hpp"
#include "lines.hpp"

#include "devp2p/messages/info.hpp"

#include <string>

/// Lines that `devp2p eth` prints about a remote's chain. Each is of printable ASCII, whatever the
/// remote has sent, and ends with a newline.
namespace devp2p::tool {

/// Says what the remote says of its chain: one line for each fact, or one JSON object. Where `head`
/// is null, the remote did not give the header of its newest block.
[[nodiscard]] std::string status_lines(style how, const peer_info& peer,
                                       const eth::remote_status& status,
                                       const eth::sealed_header* head);

[[nodiscard]] std::string header_line(style how, const eth::sealed_header& header);

/// Says that all headers of that range were verified.
[[nodiscard]] std::string verified_line(style how, const block_range& what);

} // namespace devp2p::tool
