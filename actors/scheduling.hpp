// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/actor_system_config.hpp>

namespace devp2p {

/// Sets the scheduler as messages from a network want it: workers that are woken instead of workers
/// that poll, as CAF's default policy has them do, up to 10 ms late; no actor that keeps a worker
/// to itself; and no wake-up of CAF's clock for each actor that ends, only for those that have
/// asked it for something: every session has four. Call it before the actor system is constructed;
/// it takes the place of `scheduler.policy`.
void prefer_low_latency(caf::actor_system_config& config);

} // namespace devp2p
