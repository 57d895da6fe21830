// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <functional>
#include <initializer_list>

namespace devp2p::nat {

/// Overwrites what it is given with octets that nobody can predict.
using chance = std::function<void(mutable_byte_view)>;

using octets_16 = byte_array<16>;
using octets_32 = byte_array<32>;

/// HMAC-SHA256 (RFC 2104) of `parts`, one after the other: who does not know `key` can neither
/// foresee it nor make one.
[[nodiscard]] octets_32 keyed_hash(byte_view key, std::initializer_list<byte_view> parts);

/// The first half of it.
[[nodiscard]] octets_16 short_keyed_hash(byte_view key, std::initializer_list<byte_view> parts);

/// Whether they are equal. Takes the same time whatever they are.
[[nodiscard]] bool equal_secrets(const octets_16& one, const octets_16& other);

} // namespace devp2p::nat
