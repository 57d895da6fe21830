// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/crypto/secret.hpp"

#include <cstdint>

namespace devp2p::rlpx {

/// Which end of a handshake: the one that dialled, or the one that was dialled.
enum class role : std::uint8_t { initiator, recipient };

using nonce = byte_array<32>;

/// What both ends know once auth and ack have been exchanged.
struct agreement {
  /// Product of the two ephemeral keys.
  crypto::secret<32> ephemeral;
  nonce initiator_nonce;
  nonce recipient_nonce;
  /// Both packets as they were sent, their size prefixes included.
  byte_view auth;
  byte_view ack;
};

/// The keys of one session, as one end of it sees them (RLPx, "Initial Handshake").
struct secrets {
  crypto::secret<32> aes;
  crypto::secret<32> mac;
  /// Authenticates what this end sends, and what it receives.
  crypto::keccak256 egress_mac;
  crypto::keccak256 ingress_mac;
};

[[nodiscard]] secrets derive_secrets(role self, const agreement& from);

} // namespace devp2p::rlpx
