// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"
#include "devp2p/simulator/gossip.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::test {

using simulator::event;
using simulator::event_kind;

/// A network in which rumours spread, and the events in it.
class gossips {
public:
  explicit gossips(simulator::simulation_options options,
                   simulator::gossip_defect defect = simulator::gossip_defect::none) {
    options.cleartext = true;
    options.on_event = [this](const event& x) { events.push_back(x); };
    options.protocols = [=, this](caf::actor_system& system, std::size_t number) {
      auto heard = [this, number](std::uint64_t rumour, std::size_t) {
        run->tell({.node = number,
                   .what = event_kind::told,
                   .name = "heard",
                   .detail = std::to_string(rumour)});
      };
      gossip_[number] = simulator::spawn_gossip(system, heard, defect);
      return std::vector{simulator::gossip_protocol(gossip_[number])};
    };
    run.emplace(std::move(options));
  }

  // Handles must not outlive their system.
  ~gossips() { gossip_.clear(); }
  gossips(const gossips&) = delete;
  gossips& operator=(const gossips&) = delete;

  void publish(std::size_t number, std::uint64_t rumour, std::size_t size = 32) {
    publish(number, rumour, blob{bytes(size)});
  }
  void publish(std::size_t number, std::uint64_t rumour, blob content) {
    anon_send_to(gossip_.at(number).actor, write_atom_v, rumour, std::move(content));
  }

  [[nodiscard]] std::vector<event> all(event_kind what) const { return all(to_string(what)); }

  /// Returns the events of that name.
  [[nodiscard]] std::vector<event> all(const std::string& what) const {
    std::vector<event> out;
    std::copy_if(events.begin(), events.end(), std::back_inserter(out),
                 [&](const event& x) { return name_of(x) == what; });
    return out;
  }

  /// Returns the rumours that a node has heard, in that order.
  [[nodiscard]] std::vector<std::uint64_t> heard_by(std::size_t number) const {
    std::vector<std::uint64_t> out;
    for (const auto& x : events)
      if (name_of(x) == "heard" && x.node == number)
        out.push_back(std::stoull(x.detail));
    return out;
  }

  std::vector<event> events;
  std::optional<simulator::simulation> run;

private:
  std::map<std::size_t, simulator::gossip_node> gossip_;
};

} // namespace devp2p::test
