// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/crypto/secret.hpp"

#include <cstdint>

namespace devp2p::rlpx {

/// An end of a handshake: the one that dialled, or the one that was dialled.
enum class role : std::uint8_t { initiator, recipient };

using nonce = byte_array<32>;

/// The values that both ends know once auth and ack have been exchanged.
struct agreement {
  /// The product of the two ephemeral keys.
  crypto::secret<32> ephemeral;
  nonce initiator_nonce;
  nonce recipient_nonce;
  /// The auth packet as it was sent, its size prefix included.
  byte_view auth;
  /// The ack packet as it was sent, its size prefix included.
  byte_view ack;
};

/// The keys of one session, as one end of it sees them (RLPx, "Initial Handshake").
struct secrets {
  crypto::secret<32> aes;
  crypto::secret<32> mac;
  /// Authenticates the frames that this end sends.
  crypto::keccak256 egress_mac;
  /// Authenticates the frames that this end receives.
  crypto::keccak256 ingress_mac;
};

[[nodiscard]] secrets derive_secrets(role self, const agreement& from);

} // namespace devp2p::rlpx
