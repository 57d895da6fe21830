// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/endpoint.hpp"

#include <optional>

/// STUN's Binding method, as far as needed to ask how others see us (RFC 5389; RFC 8489 has not
/// changed it).
namespace devp2p::nat::stun {

inline constexpr std::uint16_t server_port = 3478;

using transaction_id = byte_array<12>;

/// A Binding request without attributes (section 6).
[[nodiscard]] bytes encode_request(const transaction_id& id);

/// Returns our address as the server saw it; `nullopt` if `in` is not the success response to that
/// request (section 7.3.3). XOR-MAPPED-ADDRESS is preferred to MAPPED-ADDRESS, which some NATs
/// rewrite.
[[nodiscard]] std::optional<endpoint> decode_response(byte_view in, const transaction_id& id);

} // namespace devp2p::nat::stun
