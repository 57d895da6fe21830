// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/actor_system_config.hpp>

namespace devp2p {

/// Sets the scheduler as messages from a network want it: workers that are woken instead of workers
/// that poll, as CAF's default policy has them do, up to 10 ms late; and no actor that keeps a
/// worker to itself. Call it before the actor system is constructed.
inline void prefer_low_latency(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-throughput", std::size_t{100});
}

} // namespace devp2p
