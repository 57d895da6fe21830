// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "raft/raft_state.hpp"

#include "devp2p/simulator/model.hpp"
#include "devp2p/simulator/place.hpp"

/// The events of Raft, and the checks that read them.
namespace devp2p::raft {

/// Tells of the event, as checks read it.
void tell(const simulator::place& where, const notice& what);

/// Adds the checks that must always hold. They remember the events of a whole run: an observation
/// of now would miss what is over when its moment is.
void add_checks(simulator::model& to);

} // namespace devp2p::raft
