// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/liveness.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/settings.hpp"

namespace devp2p {

struct pinger_state {
  static constexpr const char* name = "pinger";
  pinger_state() = default; // Not an aggregate, or CAF would build it from `self`.
  liveness remote;
};

/// Has `peer` ping its remote every `settings::ping_interval`, and tells `supervisor` the
/// round-trip times. Ends with `errc::ping_timeout` when `settings::max_missed_pings` intervals
/// have passed without a frame from the remote.
pinger_actor::behavior_type pinger(pinger_actor::stateful_pointer<pinger_state> self,
                                   peer_actor peer, supervisor_actor supervisor,
                                   const settings& limits);

} // namespace devp2p
