// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/mapper.hpp"

#include "devp2p/actors/mapper_core.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/net/crypto/system_random.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

mapper_actor spawn_mapper(caf::actor_system& system, mapper_config config) {
  must_know_types(system);
  // Has no state of its own, so that all mappers may share it.
  static crypto::system_random system_random;
  if (config.random == nullptr)
    config.random = &system_random;
  config.lifetime = std::clamp<caf::timespan>(config.lifetime, caf::timespan{0}, settings::forever);
  return system.spawn<mapper_core>(std::move(config));
}

} // namespace devp2p
