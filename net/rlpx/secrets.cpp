// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/secrets.hpp"

#include <cstddef>
#include <utility>

namespace devp2p::rlpx {

namespace {

/// Returns the hash that authenticates one direction, as it is before its first frame.
crypto::keccak256 initial_mac(const crypto::secret<32>& mac, const nonce& receiver_nonce,
                              byte_view packet) {
  auto seed = mac;
  for (std::size_t i = 0; i < receiver_nonce.size(); ++i)
    seed.content()[i] ^= receiver_nonce[i];
  crypto::keccak256 out;
  out.update(seed.content());
  out.update(packet);
  return out;
}

} // namespace

secrets derive_secrets(role self, const agreement& from) {
  using crypto::keccak256;
  const auto& ephemeral = from.ephemeral.content();
  auto nonces = keccak256::of({from.recipient_nonce, from.initiator_nonce});
  crypto::secret<32> shared{keccak256::of({ephemeral, nonces})};
  secrets out;
  out.aes = crypto::secret<32>{keccak256::of({ephemeral, shared.content()})};
  out.mac = crypto::secret<32>{keccak256::of({ephemeral, out.aes.content()})};
  out.egress_mac = initial_mac(out.mac, from.recipient_nonce, from.auth);
  out.ingress_mac = initial_mac(out.mac, from.initiator_nonce, from.ack);
  if (self == role::recipient)
    std::swap(out.egress_mac, out.ingress_mac);
  return out;
}

} // namespace devp2p::rlpx
