// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/nat/punching/punch.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/net/network.hpp"

#include <caf/actor_system.hpp>

namespace devp2p {

struct puncher_config {
  /// The maximum number of holes and dials at a time.
  static constexpr std::size_t max_paths = 64;

  /// The node's key. From it and the other node's id, the two nodes derive where they meet; no
  /// other node can.
  crypto::private_key key;
  /// The addresses of the rendezvous, not names. With the second one a symmetric NAT is recognised.
  nat::rendezvous_site rendezvous;
  /// The local endpoint of holes, of the same IP version as the rendezvous. A port other than 0 is
  /// for one hole at a time, and for UDP only.
  endpoint local{"0.0.0.0", 0};
  nat::punch_settings settings = {};
  /// Null for the system's generator. A test may set another, which must outlive the puncher.
  random_source* random = nullptr;
};

/// Spawns a puncher. Its messages are documented at `puncher_actor`.
///
/// A request is answered with the hole, or with an error: `errc::rendezvous_silent`,
/// `errc::unknown_to_rendezvous` if the other side does not come, `errc::symmetric_nat`,
/// `errc::punch_timeout`; `errc::too_many_pending` beyond `puncher_config::max_paths`; an error
/// about `local`, such as `errc::address_not_available`; `errc::callback_failed` if `random`
/// throws. A further request then begins anew.
///
/// `network` and `config.random` must outlive `system`. The puncher lives, even without references
/// to it, until it is sent an exit message; its holes end with it.
[[nodiscard]] puncher_actor spawn_puncher(caf::actor_system& system, net::network& network,
                                          puncher_config config);

} // namespace devp2p
