// SPDX-License-Identifier: BSL-1.0
//
// The case `oneway`: how many messages one link carries in one direction, and what one costs.
#include "load.hpp"
#include "payloads.hpp"

namespace devp2p::bench {

void oneway(const options& chosen, report& out) {
  for (auto size : payload_sizes(chosen)) {
    for (auto* data : {"random", "repeat"}) {
      for (const auto& where : chosen.handlers) {
        parameters which{{"payload", size}, {"data", data}, {"handlers", where}};
        out.announce("oneway", which);
        message_count arrived{0};
        arena world{chosen};
        world.dial(world.listen({counting("load", where, arrived)}),
                   {sending("load", where, data, size, world.handlers())});
        out.add("oneway", which, measure_load(chosen, world, {1, data, size}, arrived));
      }
    }
  }
}

} // namespace devp2p::bench
