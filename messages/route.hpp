// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/capability.hpp"

#include <cstddef>
#include <cstdint>

namespace devp2p {

/// One sub-protocol's place on the link.
struct route {
  capability protocol;
  /// The first message identifier; the last one is `offset + length - 1`.
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  /// The largest payload, in bytes.
  std::size_t max_message_size = 0;

  /// Returns true iff the message identifier `id` belongs to this sub-protocol.
  [[nodiscard]] bool has(std::uint64_t id) const { return id >= offset && id - offset < length; }
};

} // namespace devp2p
