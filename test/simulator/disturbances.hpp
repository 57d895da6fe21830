// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/nat_links.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <caf/timespan.hpp>

#include <vector>

namespace devp2p::simulator {

/// The state in which a schedule leaves a link.
struct disturbance {
  /// One bit for each stalled direction.
  unsigned stalled = 0;
  /// One bit for each direction whose line has other conditions than in the beginning.
  unsigned altered = 0;
  /// For each thing that may disturb handlers, one bit for each end whose handlers it does disturb.
  unsigned handlers = 0;
  /// The last time at which one of these changed.
  caf::timespan changed{0};
  /// The last time at which a step concerned the link or one of its nodes.
  caf::timespan touched{0};
  /// One bit for each end that cannot reach the rendezvous, if the link needs one.
  unsigned apart = 0;

  /// Whether both lines and both ends are as they were in the beginning.
  [[nodiscard]] bool is_over() const { return stalled == 0 && altered == 0 && handlers == 0; }
};

/// Returns the effects of all steps on each link.
[[nodiscard]] std::vector<disturbance> effects_of(const std::vector<scenario::step>& schedule,
                                                  const link_index& links, const nat_links& nats);

} // namespace devp2p::simulator
