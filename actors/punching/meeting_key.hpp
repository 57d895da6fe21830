// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/punching/rendezvous_client.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"

namespace devp2p {

/// Returns the meeting key of the owner of `own` with the node `remote`, computed from their keys
/// without any message. `remote` computes the same secret, and has the other side. The node with
/// the smaller id is the first side. Fails with `errc::invalid_public_key` or
/// `errc::connected_to_self`.
[[nodiscard]] expected<nat::meeting_key> meeting_key_with(const crypto::private_key& own,
                                                          const node_id& remote);

} // namespace devp2p
