// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/protocol.hpp"

#include "devp2p/messages/expected.hpp"
#include "devp2p/net/rlp/raw.hpp"

#include <cstdint>
#include <string>

namespace devp2p::eth {

/// Returns the body, whose items share the memory of `encoding`, or why it makes no sense. It is
/// not looked into if there are more than `max_transactions`.
[[nodiscard]] expected<block_body, std::string> read_body(const rlp::raw& encoding,
                                                          std::uint32_t max_transactions);

} // namespace devp2p::eth
