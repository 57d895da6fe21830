// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/fifo.hpp"
#include "devp2p/messages/settings.hpp"

#include <caf/actor_clock.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

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

/// The pause before each restart of one handler. A value: the caller passes the time and the random
/// number.
class restart_pause {
public:
  using time_point = caf::actor_clock::time_point;

  /// Returns the pause before the restart that is decided on at `now`, or `nullopt` for the first,
  /// which comes at once. `ran` is false if the factory failed to spawn a handler. `luck` is a
  /// random number from 0 to 1.
  [[nodiscard]] std::optional<settings::duration> next(const supervision& limits, time_point now,
                                                       bool ran, double luck) {
    if (restarted_ && ran && now > until_ &&
        now - until_ >= std::max({limits.period, limits.min_pause, full_})) {
      restarted_ = false;
      full_ = settings::duration{0};
    }
    until_ = now;
    if (!std::exchange(restarted_, true))
      return std::nullopt;
    full_ = std::min(std::max(limits.min_pause, full_ * 2), limits.max_pause);
    auto out = full_ - std::chrono::duration_cast<settings::duration>(full_ / 2 * luck);
    until_ = now + out;
    return out;
  }

private:
  bool restarted_ = false;
  /// The last pause, before its random part was subtracted.
  settings::duration full_{0};
  /// The end of the last pause.
  time_point until_ = {};
};

/// The number of restarts that a handler has left. A value: the caller passes the time.
class restart_budget {
public:
  using time_point = caf::actor_clock::time_point;

  /// Takes one restart. Returns false if none is left at `now`.
  [[nodiscard]] bool spend(const supervision& limits, time_point now) {
    while (!spent_.empty() && now - spent_.front() >= limits.period)
      spent_.pop();
    if (spent_.size() >= limits.intensity)
      return false;
    spent_.push(now);
    return true;
  }

private:
  /// The times of the restarts within the period, oldest first; at most `intensity`.
  fifo<time_point> spent_;
};

} // namespace devp2p
