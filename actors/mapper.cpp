// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/mapper.hpp"

#include "devp2p/actors/mapper_core.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/net/crypto/system_random.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace devp2p {

void check_gateways(const std::vector<std::shared_ptr<nat::gateway>>& gateways) {
  for (std::size_t i = 0; i < gateways.size(); ++i)
    if (!gateways[i])
      throw std::invalid_argument{"gateways[" + std::to_string(i) +
                                  "] is null: there is nobody to ask"};
}

mapper_actor spawn_mapper(caf::actor_system& system, mapper_config config) {
  check_gateways(config.gateways);
  must_know_types(system);
  // The generator has no state of its own, so that all mappers may share it.
  static crypto::system_random system_random;
  if (config.random == nullptr)
    config.random = &system_random;
  config.lifetime = std::clamp<caf::timespan>(config.lifetime, caf::timespan{0}, settings::forever);
  return system.spawn<mapper_core>(std::move(config));
}

} // namespace devp2p
