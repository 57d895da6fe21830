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

/// Returns a unit on the loop of `network`; null if it has none.
template <class... Args>
std::shared_ptr<loop_unit> unit_on(caf::actor_system& system, net::network& network,
                                   const Args&... args) {
  auto* loop = network.loop();
  return loop ? std::make_shared<loop_unit>(system, *loop, args...) : nullptr;
}

/// Spawns an actor of the class `Actor`, which lives on the loop of `network` if it has one. The
/// actor's constructor receives its unit, `network`, and the arguments.
template <class Actor, class... Args>
auto spawn_on(caf::actor_system& system, net::network& network, Args&&... args) {
  return system.spawn<Actor>(unit_on(system, network), std::ref(network),
                             std::forward<Args>(args)...);
}

/// Returns `chosen`, or the system's generator if it is null.
inline random_source* or_system_random(random_source* chosen) {
  // The generator has no state of its own, so that all may share it.
  static crypto::system_random shared;
  return chosen ? chosen : &shared;
}

/// Returns true iff `x` is the system's generator, as `or_system_random` returns it.
inline bool is_system_random(const random_source* x) {
  return x == or_system_random(nullptr);
}

} // namespace devp2p
