// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/gossip.hpp"
#include "devp2p/kit/scenario.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace devp2p::kit {

/// Runs a scenario: its nodes offer `gossip`, and hear what it publishes.
class player {
public:
  /// `on_happening` is told at once; may be null.
  player(scenario what, std::function<void(const happening&)> on_happening);
  ~player();
  player(const player&) = delete;
  player& operator=(const player&) = delete;

  /// Lets so much time pass, but not beyond the scenario's end.
  void run_for(caf::timespan time);
  [[nodiscard]] bool done() const { return network_.now() >= length_; }

  [[nodiscard]] caf::timespan length() const { return length_; }
  [[nodiscard]] simulation& network() { return network_; }

private:
  simulation_options with_gossip(simulation_options network);
  void act(const any_deed& what);

  /// By node; of its latest life.
  std::vector<gossip_actor> gossip_;
  std::uint64_t next_rumour_ = 0;
  std::vector<scenario::step> schedule_;
  std::size_t next_step_ = 0;
  caf::timespan length_;
  simulation network_;
};

} // namespace devp2p::kit
