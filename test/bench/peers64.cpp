// SPDX-License-Identifier: BSL-1.0
//
// The case `peers64`: how many messages one hub takes from 64 peers that all send as fast as they
// can.
#include "load.hpp"

namespace devp2p::bench {

void peers64(const options& chosen, report& out) {
  constexpr std::size_t peers = 64;
  add_loads("peers64", chosen, out, 256, peers, [](arena& world, auto receive, auto send) {
    auto hub = world.listen({receive("load")});
    for (std::size_t i = 0; i < peers; ++i)
      world.dial(hub, {send("load")});
  });
}

} // namespace devp2p::bench
