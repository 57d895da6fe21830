// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/settings.hpp"

#include <chrono>
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
  /// ends.
  unsigned intensity = 1;
  settings::duration period = std::chrono::seconds{5};
  /// The pauses between restarts. The first restart comes at once. If that handler fails, too, the
  /// next comes after `min_pause`, and each further one after twice the previous pause, up to
  /// `max_pause`. A random part of up to a half is subtracted from each pause, so that sessions
  /// which failed together do not restart together. The pauses begin anew after a handler that has
  /// run for `period`, for `min_pause`, and for as long as its pause was. Messages that come
  /// meanwhile are discarded and counted.
  settings::duration min_pause = std::chrono::milliseconds{10};
  /// The longest pause.
  settings::duration max_pause = std::chrono::seconds{5};
};

} // namespace devp2p
