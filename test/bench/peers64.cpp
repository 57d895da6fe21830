// SPDX-License-Identifier: BSL-1.0
//
// The case `peers64`: how many messages one hub takes from 64 peers that all send as fast as they
// can.
#include "load.hpp"

namespace devp2p::bench {

void peers64(const options& chosen, report& out) {
  constexpr std::size_t peers = 64;
  constexpr std::size_t size = 256;
  for (auto* data : {"random", "repeat"}) {
    for (const auto& where : chosen.handlers) {
      parameters which{{"payload", size}, {"data", data}, {"handlers", where}};
      out.announce("peers64", which);
      message_count arrived{0};
      arena world{chosen};
      auto hub = world.listen({counting("load", where, arrived)});
      for (std::size_t i = 0; i < peers; ++i)
        world.dial(hub, {sending("load", where, data, size, world.handlers())});
      out.add("peers64", which, measure_load(chosen, world, {peers, data, size}, arrived));
    }
  }
}

} // namespace devp2p::bench
