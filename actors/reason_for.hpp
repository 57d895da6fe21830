// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/restarts.hpp"
#include "devp2p/actors/supervision.hpp"
#include "devp2p/messages/session.hpp"

#include <cstdint>
#include <string>

namespace devp2p {

/// The part of a session that failed.
enum class culprit : std::uint8_t {
  /// The link: data from the remote, the network, or the handshake.
  peer,
  handler,
  /// The node: it was asked to end the session, or did not admit it.
  node,
  /// The supervisor itself.
  supervisor,
};

/// Returns the end of a session in which `who` failed with `why` in that phase: the reason, which
/// side asked for the end, and whether the remote is told. Pure; the table is in `sessions.md`.
/// The text names `protocol`, if it is not empty.
[[nodiscard]] session_end reason_for(culprit who, const caf::error& why, session_phase phase,
                                     const std::string& protocol = {});

/// Returns the consequence for a handler whose end would be that of the session, as `reason_for`
/// returns it. Pure but for the budget, from which a restart is taken.
[[nodiscard]] supervision::strategy consequence_of(const session_end& end,
                                                   const supervision& chosen,
                                                   restart_budget& budget,
                                                   restart_budget::time_point now);

} // namespace devp2p
