// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <functional>
#include <initializer_list>

namespace devp2p::nat {

/// Fills the given buffer with unpredictable bytes.
using chance = std::function<void(mutable_byte_view)>;

using octets_16 = byte_array<16>;
using octets_32 = byte_array<32>;

/// Returns the HMAC-SHA256 (RFC 2104) of the concatenated `parts`. Without `key` it can neither be
/// predicted nor be forged.
[[nodiscard]] octets_32 keyed_hash(byte_view key, std::initializer_list<byte_view> parts);

/// Returns the first half of `keyed_hash`.
[[nodiscard]] octets_16 short_keyed_hash(byte_view key, std::initializer_list<byte_view> parts);

/// Returns whether the two are equal, in constant time.
[[nodiscard]] bool equal_secrets(const octets_16& one, const octets_16& other);

} // namespace devp2p::nat
