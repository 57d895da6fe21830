// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/packet.hpp"

#include <cstdint>

namespace devp2p::simulator {

/// Returns the payload of a message that is a number and any content: an RLP list of two.
[[nodiscard]] blob encode_numbered(std::uint64_t number, byte_view content);

/// Returns the number in a payload of `encode_numbered`, or why it is none.
[[nodiscard]] expected<std::uint64_t> decode_number(byte_view payload);

} // namespace devp2p::simulator
