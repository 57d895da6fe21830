// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/simulation.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace devp2p::test {

/// Returns the ends of a session in which node 0 sends `nonsense` in place of what its handler
/// would. `make` returns the protocol.
inline std::vector<simulator::event>
ends_of_nonsense(const std::function<protocol(caf::actor_system&)>& make,
                 std::vector<packet> nonsense) {
  using namespace std::chrono_literals;
  std::vector<simulator::event> ends;
  auto talk = [=](handler_actor::pointer self, const channel& link) {
    for (const auto& x : nonsense)
      link.send(self, x);
    return handler_actor::behavior_type{[](const packet&) {}};
  };
  auto protocols = [=](caf::actor_system& system, std::size_t number) {
    auto out = make(system);
    if (number == 0)
      out.spawn = handled_by(talk);
    return std::vector{out};
  };
  auto on_event = [&](const simulator::event& x) {
    if (x.what == simulator::event_kind::peer_dropped)
      ends.push_back(x);
  };
  simulator::simulation network{
    {.links = *simulator::star(2), .protocols = protocols, .on_event = on_event}};
  network.run_for(1s);
  return ends;
}

} // namespace devp2p::test
