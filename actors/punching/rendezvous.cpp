// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/punching/rendezvous.hpp"

#include "devp2p/actors/punching/rendezvous_core.hpp"
#include "devp2p/net/crypto/system_random.hpp"

#include <functional>
#include <memory>

namespace devp2p {

rendezvous_actor spawn_rendezvous(caf::actor_system& system, net::network& network,
                                  rendezvous_config config) {
  must_know_types(system);
  // The generator has no state of its own, so that all may share it.
  static crypto::system_random system_random;
  if (config.random == nullptr)
    config.random = &system_random;
  auto* loop = network.loop();
  return system.spawn<rendezvous_core>(loop ? std::make_shared<loop_unit>(system, *loop) : nullptr,
                                       std::ref(network), config);
}

} // namespace devp2p
