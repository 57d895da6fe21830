// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/node.hpp"

#include "devp2p/actors/node_core.hpp"
#include "devp2p/net/crypto/system_random.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

namespace devp2p {

node_actor spawn_node(caf::actor_system& system, net::network& network, node_config config) {
  // Has no state of its own, so that all nodes may share it.
  static crypto::system_random system_random;
  if (config.random == nullptr)
    config.random = &system_random;
  config.limits.max_missed_pings = std::max(config.limits.max_missed_pings, 1u);
  if (auto size = p2p::encode_hello(own_hello(config)).size();
      size > p2p::max_sent_hello_size && config.log)
    config.log->warn("our Hello has {} octets, but some nodes read {} at most: offer fewer "
                     "protocols, or take a shorter client id",
                     size, p2p::max_sent_hello_size);
  auto* loop = network.loop();
  // Only who drives a network himself, as simulations do, has none.
  if (config.cleartext && loop)
    throw std::invalid_argument{"a node on a real network cannot have cleartext sessions: they are "
                                "for simulations only"};
  return system.spawn<node_core>(loop ? std::make_shared<loop_unit>(system, *loop) : nullptr,
                                 std::ref(network),
                                 std::make_shared<const node_config>(std::move(config)));
}

} // namespace devp2p
