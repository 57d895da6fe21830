// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/memory_network.hpp"

#include "devp2p/net/sim/memory_host.hpp"

#include <cassert>

namespace devp2p::net {

memory_network::memory_network(std::size_t pipe_capacity)
  : world_(std::make_unique<memory_world>(memory_world{pipe_capacity, {}, {}})) {
  assert(pipe_capacity > 0);
}

memory_network::~memory_network() = default;

network& memory_network::host(const std::string& ip) {
  assert((endpoint{ip, 0}.is_address()));
  auto& place = world_->hosts[ip];
  if (!place)
    place = std::make_unique<memory_host>(*world_, ip);
  return *place;
}

bool memory_network::run_one() {
  return world_->events.run_one();
}

bool memory_network::idle() const {
  return world_->events.empty();
}

} // namespace devp2p::net
