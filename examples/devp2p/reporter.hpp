// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "printer.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <caf/actor.hpp>

namespace devp2p::tool {

/// Prints the events of a node for people, or for a program.
using reporter_actor = subscriber_actor::extend<
  // From the command: have the node dial, and print a line if the dial fails.
  reacts_to<dial_atom, enode>>;

/// Prints a line for each event of `node`, and ends with the node, after its last event. `out` must
/// outlive the actor.
reporter_actor::behavior_type reporter(reporter_actor::pointer self, node_actor node,
                                       const printer* out);

/// Does the same as `reporter` for the events of a mapper, or of a node that has one.
mapping_subscriber_actor::behavior_type mapping_reporter(mapping_subscriber_actor::pointer self,
                                                         const caf::actor& source,
                                                         const printer* out);

} // namespace devp2p::tool
