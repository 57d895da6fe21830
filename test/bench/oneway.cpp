// SPDX-License-Identifier: BSL-1.0
//
// The case `oneway`: how many messages one link carries in one direction, and what one costs.
#include "load.hpp"
#include "payloads.hpp"

namespace devp2p::bench {

void oneway(const options& chosen, report& out) {
  for (auto size : payload_sizes(chosen))
    add_loads("oneway", chosen, out, size, 1, [](arena& world, auto receive, auto send) {
      world.dial(world.listen({receive("load")}), {send("load")});
    });
}

} // namespace devp2p::bench
