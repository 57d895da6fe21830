// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/introduction.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"

namespace devp2p {

/// What the owner of `own` and the node `remote` agree on without a word, by the keys that they
/// have: `remote` computes the same secret, and has the other side. The smaller node id is the
/// first. Fails with `errc::invalid_public_key` or `errc::connected_to_self`.
[[nodiscard]] expected<nat::appointment> appointment_with(const crypto::private_key& own,
                                                          const node_id& remote);

} // namespace devp2p
