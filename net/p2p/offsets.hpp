// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/capability.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace devp2p::p2p {

/// A sub-protocol that this end speaks, and the number of its message identifiers.
struct local_protocol {
  capability offered;
  std::uint64_t length = 0;
};

/// The place of a shared sub-protocol on the link: its message with code n has the identifier
/// `offset + n`.
struct shared_range {
  /// The protocol's index among the local ones.
  std::size_t index = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  friend bool operator==(const shared_range&, const shared_range&) = default;
};

/// Returns the protocols that both ends speak, by name, and their message identifiers (RLPx,
/// "Capability Messaging").
///
/// For each name, the highest version that both ends offer is chosen. Names are ordered byte by
/// byte, and the first protocol starts at `base_length`. The order of either list does not matter,
/// and duplicates do no harm. A protocol whose identifiers would pass 2^64 is left out, and all
/// that come after it.
[[nodiscard]] std::vector<shared_range> match_capabilities(std::span<const local_protocol> local,
                                                           std::span<const capability> remote);

} // namespace devp2p::p2p
