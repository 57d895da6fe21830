// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/capability.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace devp2p::p2p {

/// A sub-protocol that this end speaks, and how many message identifiers it has.
struct local_protocol {
  capability offered;
  std::uint64_t length = 0;
};

/// The place of a shared sub-protocol on the link: its message with code n has the identifier
/// `offset + n`.
struct shared_range {
  /// Which of the local protocols it is.
  std::size_t index = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  friend bool operator==(const shared_range&, const shared_range&) = default;
};

/// The protocols that both ends speak, by name, and their message identifiers (RLPx, "Capability
/// Messaging").
///
/// Of each name the highest version that both ends offer is chosen; names are ordered octet by
/// octet, and the first protocol starts at `base_length`. The order of either list is of no account
/// and duplicates do no harm. A protocol whose identifiers would pass 2^64 is left out, and all
/// that come after it.
[[nodiscard]] std::vector<shared_range> match_capabilities(std::span<const local_protocol> local,
                                                           std::span<const capability> remote);

} // namespace devp2p::p2p
