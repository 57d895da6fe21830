// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/punching/puncher.hpp"

#include "devp2p/actors/punching/puncher_core.hpp"
#include "devp2p/net/crypto/system_random.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace devp2p {

puncher_actor spawn_puncher(caf::actor_system& system, net::network& network,
                            puncher_config config) {
  must_know_types(system);
  // The generator has no state of its own, so that all punchers may share it.
  static crypto::system_random system_random;
  if (config.random == nullptr)
    config.random = &system_random;
  auto* loop = network.loop();
  return system.spawn<puncher_core>(loop ? std::make_shared<loop_unit>(system, *loop) : nullptr,
                                    std::ref(network),
                                    std::make_shared<const puncher_config>(std::move(config)));
}

} // namespace devp2p
