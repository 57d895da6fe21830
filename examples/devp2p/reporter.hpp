// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "lines.hpp"

#include "devp2p/messages/interfaces.hpp"

namespace devp2p::tool {

/// Tells people, or a program, what happens at a node.
using reporter_actor = subscriber_actor::extend<
  // From the command: have the node dial, and tell if that comes to nothing.
  caf::reacts_to<dial_atom, enode>>;

/// Prints a line on stdout for each event of `node`. Ends when it is told to.
reporter_actor::behavior_type reporter(reporter_actor::pointer self, node_actor node, style how);

/// Prints a line on stdout for each event of a mapper, or of a node that has one. Ends when it is
/// told to.
mapping_subscriber_actor::behavior_type mapping_reporter(mapping_subscriber_actor::pointer self,
                                                         style how);

} // namespace devp2p::tool
