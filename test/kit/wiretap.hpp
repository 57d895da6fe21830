// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/net/random_source.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace devp2p::kit {

/// One end of a connection, for who knows all about it.
struct tapped_end {
  const crypto::private_key& key;
  /// Gives once more what it gave for the handshake of this connection.
  net::random_source& random;
  /// What it has written, as `memory_network::tapped` tells.
  const bytes& written;
};

/// The identifiers of the messages that each end has written, in order; what is not complete is
/// left out.
struct conversation {
  std::vector<std::uint64_t> by_initiator;
  std::vector<std::uint64_t> by_recipient;
};

/// What the two have said to each other, by doing their handshake over again. Nothing if they have
/// not come so far, or have not made it with these keys and this chance.
[[nodiscard]] std::optional<conversation> overhear(const tapped_end& initiator,
                                                   const tapped_end& recipient);

} // namespace devp2p::kit
