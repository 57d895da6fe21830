// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/random_source.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace devp2p::kit {

/// One end of a connection whose key and random source are known.
struct tapped_end {
  const crypto::private_key& key;
  /// Gives the same bytes again that it gave for the handshake of this connection.
  random_source& random;
  /// The bytes that the end has written, as `memory_network::tapped` returns them.
  const bytes& written;
};

/// The identifiers of the messages that each end has written, in order, without incomplete ones.
struct conversation {
  std::vector<std::uint64_t> by_initiator;
  std::vector<std::uint64_t> by_recipient;
};

/// Returns the messages of both ends, by repeating their handshake. Returns `nullopt` if they have
/// not completed it, or have not made it with these keys and random sources.
[[nodiscard]] std::optional<conversation> overhear(const tapped_end& initiator,
                                                   const tapped_end& recipient);

} // namespace devp2p::kit
