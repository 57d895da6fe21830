// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <cstddef>

namespace devp2p::crypto {

inline constexpr std::size_t sha256_size = 32;

/// SHA-256 (FIPS 180-4).
[[nodiscard]] byte_array<sha256_size> sha256(byte_view in);

/// HMAC (RFC 2104) with SHA-256. Precondition: `key` is not empty.
[[nodiscard]] byte_array<sha256_size> hmac_sha256(byte_view key, byte_view in);

} // namespace devp2p::crypto
