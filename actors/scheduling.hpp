// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/actor_system_config.hpp>

namespace devp2p {

/// Sets the scheduler up for messages from a network. Workers are woken, whereas those of CAF's
/// default policy poll, up to 10 ms late. While work comes often and a processor is free, one
/// worker spins instead, as a wake-up takes long. No actor keeps a worker to itself. CAF's clock is
/// woken only for ending actors that have asked it for a timeout, not for each: every session has
/// four actors.
///
/// Must be called before the actor system is constructed. Replaces `scheduler.policy`.
void prefer_low_latency(caf::actor_system_config& config);

} // namespace devp2p
