// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/loop_unit.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/net/crypto/system_random.hpp"
#include "devp2p/net/network.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace devp2p {

/// Spawns an actor of the class `Actor`, which lives on the loop of `network` if it has one. The
/// actor's constructor receives its unit, `network`, and the arguments.
template <class Actor, class... Args>
auto spawn_on(caf::actor_system& system, net::network& network, Args&&... args) {
  auto* loop = network.loop();
  return system.spawn<Actor>(loop ? std::make_shared<loop_unit>(system, *loop) : nullptr,
                             std::ref(network), std::forward<Args>(args)...);
}

/// Returns `chosen`, or the system's generator if it is null.
inline random_source* or_system_random(random_source* chosen) {
  // The generator has no state of its own, so that all may share it.
  static crypto::system_random shared;
  return chosen ? chosen : &shared;
}

} // namespace devp2p
