// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/standard_model.hpp"

#include "devp2p/simulator/echo_model.hpp"
#include "devp2p/simulator/gossip_model.hpp"

namespace devp2p::simulator {

const model& standard_model() {
  static const auto all = [] {
    model out;
    add_gossip(out);
    add_echo(out);
    return out;
  }();
  return all;
}

} // namespace devp2p::simulator
