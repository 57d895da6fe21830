// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/punching/meeting_key.hpp"

namespace devp2p {

expected<nat::meeting_key> meeting_key_with(const crypto::private_key& own, const node_id& remote) {
  if (own.id() == remote)
    return errc::connected_to_self;
  auto shared = crypto::diffie_hellman(own, remote);
  if (!shared)
    return shared.error();
  // The Diffie-Hellman secret itself is not used here, because RLPx uses it, too.
  return nat::meeting_key{nat::keyed_hash(shared->content(), {as_bytes("devp2p appointment")}),
                          own.id() < remote ? nat::side::first : nat::side::second};
}

} // namespace devp2p
