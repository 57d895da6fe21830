// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/restart_limits.hpp"
#include "devp2p/messages/settings.hpp"

#include <cstdint>

namespace devp2p {

/// The consequence for a session when one of its handlers fails. The terms are those of Erlang/OTP
/// ("Supervision Principles"; a child of type transient).
///
/// A strategy applies to the handler's own failure: the handler threw, was killed, stalled, or quit
/// with an error of its own. Whatever the strategy, the session ends if the handler quits with
/// `errc::local_disconnect` or found that the remote breaks the protocol.
struct supervision {
  enum class strategy : std::uint8_t {
    /// The session ends with the handler.
    end_session,
    /// The session goes on without the handler, also if the handler returns. Messages that the
    /// remote still sends to it are discarded and counted, and writes in its name are refused. The
    /// session ends with its last handler.
    detach,
    /// Another handler is spawned in its place, and told so (`channel::place`). It begins with
    /// the state of a new handler, on a link on which messages have been lost. If a handler
    /// returns, the session ends.
    restart,
  };

  strategy when_failed = strategy::end_session;
  /// With `restart`: if a handler fails more than `intensity` times within `period`, the session
  /// ends. The pauses are those of `restart_limits`. Messages that come meanwhile are discarded and
  /// counted.
  unsigned intensity = restart_limits{}.intensity;
  settings::duration period = restart_limits{}.period;
  settings::duration min_pause = restart_limits{}.min_pause;
  settings::duration max_pause = restart_limits{}.max_pause;

  operator restart_limits() const { return {intensity, period, min_pause, max_pause}; }
};

} // namespace devp2p
