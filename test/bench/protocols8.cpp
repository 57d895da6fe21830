// SPDX-License-Identifier: BSL-1.0
//
// The case `protocols8`: what it costs that eight protocols share one link.
#include "load.hpp"

namespace devp2p::bench {

void protocols8(const options& chosen, report& out) {
  constexpr std::size_t protocols = 8;
  add_loads("protocols8", chosen, out, 256, protocols, [](arena& world, auto receive, auto send) {
    std::vector<protocol> receivers;
    std::vector<protocol> senders;
    for (std::size_t i = 0; i < protocols; ++i) {
      receivers.push_back(receive("load" + std::to_string(i)));
      senders.push_back(send("load" + std::to_string(i)));
    }
    world.dial(world.listen(receivers), senders);
  });
}

} // namespace devp2p::bench
