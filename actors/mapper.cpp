// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/mapper.hpp"

#include "devp2p/actors/mapper_core.hpp"
#include "devp2p/net/crypto/system_random.hpp"

#include <utility>

namespace devp2p {

mapper_actor spawn_mapper(caf::actor_system& system, mapper_config config) {
  // Has no state of its own, so that all mappers may share it.
  static crypto::system_random system_random;
  if (config.random == nullptr)
    config.random = &system_random;
  return system.spawn<mapper_core>(std::move(config));
}

} // namespace devp2p
