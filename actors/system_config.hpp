// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/actor_system_config.hpp>

namespace devp2p {

/// The configuration of an actor system with nodes: it was given to `add_types` and to
/// `prefer_low_latency`. What the application adds, such as its own types or the middleman, goes on
/// top, before the system is constructed.
struct system_config : caf::actor_system_config {
  system_config() {
    add_types(*this);
    prefer_low_latency(*this);
  }
};

} // namespace devp2p
