// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <array>
#include <cstddef>
#include <string_view>

/// What is sent.
namespace devp2p::bench {

inline constexpr auto payload_sizes =
  std::to_array<std::size_t>({16, 256, 4096, 65536, std::size_t{1} << 20});

/// `random`: snappy finds nothing in it; the same in every run. Else: sixteen octets, over and
/// over.
[[nodiscard]] bytes make_payload(std::string_view data, std::size_t size);

} // namespace devp2p::bench
