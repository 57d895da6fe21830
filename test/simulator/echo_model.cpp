// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/echo_model.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/simulator/latency_probe.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <cstdint>
#include <string>

namespace devp2p::simulator {

std::optional<refusal> action::ask::refuse(const simulation_options& network) const {
  return refuse_unlinked(network.links, from, to);
}

void add_echo(model& to) {
  simulated_protocol out{"echo", [](const place& where) {
                           auto answered = [where](std::uint64_t asked, caf::timespan round_trip) {
                             where.tell(std::string{echoed}, std::to_string(round_trip.count()),
                                        static_cast<std::size_t>(asked));
                           };
                           auto node = spawn_latency_probe(where.system(), answered);
                           return offer{echo_protocol(node), node};
                         }};
  out.action<action::ask>(
    [](const action::ask& x, const latency_probe_actor& node, const occasion& now) {
      anon_send_to(node, ask_atom_v, now.where.id_of(x.to), std::uint64_t{x.to},
                   std::uint64_t{x.size});
    });
  to.add(out);
}

} // namespace devp2p::simulator
