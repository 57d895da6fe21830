// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <initializer_list>

namespace devp2p::nat {

/// Returns the HMAC-SHA256 (RFC 2104) of the concatenated `parts`. Without `key` it can neither be
/// predicted nor be forged.
[[nodiscard]] byte_array<32> keyed_hash(byte_view key, std::initializer_list<byte_view> parts);

/// Returns the first half of `keyed_hash`.
[[nodiscard]] byte_array<16> short_keyed_hash(byte_view key,
                                              std::initializer_list<byte_view> parts);

/// Returns whether the two are equal, in constant time.
[[nodiscard]] bool equal_secrets(const byte_array<16>& one, const byte_array<16>& other);

} // namespace devp2p::nat
