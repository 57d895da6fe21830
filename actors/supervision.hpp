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
  /// The first restart comes at once. If that handler fails, too, the next comes after `min_pause`,
  /// and each further one after twice as long, up to `max_pause`, less up to a half by chance, so
  /// that sessions which failed together do not come back together. A handler that has run for
  /// `period`, for `min_pause`, and for as long as its pause was, begins this anew. Messages that
  /// come meanwhile are discarded and counted.
  settings::duration min_pause = std::chrono::milliseconds{10};
  settings::duration max_pause = std::chrono::seconds{5};
};

/// The pause before each restart of one handler. A value: it is told the time and chance.
class restart_pause {
public:
  using time_point = caf::actor_clock::time_point;

  /// The pause before the restart that is decided on at `now`; null for the first, which comes at
  /// once. `ran`: there was a handler, and not only a factory that failed to spawn one. `luck` is
  /// from 0 to 1.
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
  /// The last pause without its chance.
  settings::duration full_{0};
  /// When it was over.
  time_point until_ = {};
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
