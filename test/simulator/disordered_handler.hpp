// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"
#include "devp2p/simulator/message_disorder.hpp"

#include <caf/actor_system.hpp>
#include <caf/timespan.hpp>

#include <chrono>

namespace devp2p::simulator {

/// The longest time that a message waits for the next one, of which there may be none.
inline constexpr caf::timespan longest_wait = std::chrono::seconds{1};

/// Returns an actor that stands for `handler` in its session, and hands the messages over in
/// disorder. It ends with the handler, for the same reason; what would end it ends the handler.
/// `disorder` outlives it.
[[nodiscard]] handler_actor disordered(caf::actor_system& system, const handler_actor& handler,
                                       message_disorder& disorder);

} // namespace devp2p::simulator
