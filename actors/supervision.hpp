// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/fifo.hpp"
#include "devp2p/messages/settings.hpp"

#include <caf/actor_clock.hpp>

#include <cstdint>

namespace devp2p {

/// What becomes of a session when one of its handlers fails. The terms are those of Erlang/OTP
/// ("Supervision Principles"; a child of type transient).
///
/// A strategy answers to the handler's own failure: it threw, was killed, stalled, or quit with an
/// error of its own. Whatever the strategy, the session ends if the handler quits with
/// `errc::local_disconnect` or found that the remote breaks the protocol.
struct supervision {
  enum class strategy : std::uint8_t {
    /// The session ends with it.
    end_session,
    /// The session does without it: what the remote still sends it is discarded and counted, and
    /// who writes in its name is refused. So, too, if it returns. The last one ends the session.
    detach,
    /// Another is spawned in its place, and told so (`channel::restarts`): with the state of a new
    /// handler, on a link on which messages have been lost. If it returns, the session ends.
    restart,
  };

  strategy when_failed = strategy::end_session;
  /// With `restart`: if a handler fails more than `intensity` times within `period`, the session
  /// ends.
  unsigned intensity = 1;
  settings::duration period = std::chrono::seconds{5};
};

/// How often a handler may still be restarted. A value: it is told the time.
class restart_budget {
public:
  using time_point = caf::actor_clock::time_point;

  /// Takes one restart, if there is one left at `now`.
  [[nodiscard]] bool spend(const supervision& limits, time_point now) {
    while (!spent_.empty() && now - spent_.front() >= limits.period)
      spent_.pop();
    if (spent_.size() >= limits.intensity)
      return false;
    spent_.push(now);
    return true;
  }

private:
  /// When, the oldest first; at most `intensity`.
  fifo<time_point> spent_;
};

} // namespace devp2p
