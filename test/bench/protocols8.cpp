// SPDX-License-Identifier: BSL-1.0
//
// The case `protocols8`: what it costs that eight protocols share one link.
#include "load.hpp"

namespace devp2p::bench {

void protocols8(const options& chosen, report& out) {
  constexpr std::size_t protocols = 8;
  constexpr std::size_t size = 256;
  for (auto* data : {"random", "repeat"}) {
    for (const auto& where : chosen.handlers) {
      parameters which{{"payload", size}, {"data", data}, {"handlers", where}};
      out.announce("protocols8", which);
      message_count arrived{0};
      arena world{chosen};
      std::vector<protocol> receivers;
      std::vector<protocol> senders;
      for (std::size_t i = 0; i < protocols; ++i) {
        auto name = "load" + std::to_string(i);
        receivers.push_back(counting(name, where, arrived));
        senders.push_back(sending(name, where, data, size, world.handlers()));
      }
      world.dial(world.listen(receivers), senders);
      out.add("protocols8", which, measure_load(chosen, world, {protocols, data, size}, arrived));
    }
  }
}

} // namespace devp2p::bench
