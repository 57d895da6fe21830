// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/restart_limits.hpp"
#include "devp2p/actors/restart_strategy.hpp"
#include "devp2p/actors/restarts.hpp"
#include "devp2p/messages/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace devp2p {

/// The children of a supervision tree, in the order in which they are started, and what follows
/// when one of them ends. A value: the caller passes the time, and a random number from 0 to 1.
///
/// The caller asks for the `next` step, takes it, and reports that it has; and reports ends and
/// timeouts as they come. A function that throws has changed nothing, and a step that was not
/// reported is the next step again.
class supervised_children {
public:
  using duration = settings::duration;
  using time_point = std::chrono::steady_clock::time_point;

  enum class action : std::uint8_t {
    /// Wait until an end or a timeout is reported.
    wait,
    /// Call `on_timeout(ticket)` after `pause`, and `on_paused` now.
    pause,
    /// Start the child; `on_started` or `on_not_started`.
    start,
    /// Ask the child to end; call `on_timeout(ticket)` at its deadline, and `on_stopped` now.
    stop,
    /// End the child by force; call `on_timeout(ticket)` after a while, and `on_killed` now.
    kill,
    /// Forget the child, which does not end even now; `on_left_behind`.
    leave_behind,
    /// All children have ended, as `end` or `give_up` has asked.
    finish,
  };

  struct step {
    action what = action::wait;
    /// The child's index.
    std::size_t child = 0;
    std::uint64_t ticket = 0;
    duration pause{0};

    friend bool operator==(const step&, const step&) = default;
  };

  /// The consequence of an end.
  enum class verdict : std::uint8_t {
    /// The child was to end.
    expected,
    /// The children go on without it.
    done,
    /// The child is restarted.
    restart,
    /// The child has failed too often: all children end.
    give_up,
  };

  supervised_children() = default;
  supervised_children(restart_strategy strategy, const restart_limits& limits,
                      const std::vector<restart_type>& types);

  [[nodiscard]] std::size_t size() const { return children_.size(); }
  [[nodiscard]] child_state state(std::size_t child) const;
  /// Returns how often the child was started again.
  [[nodiscard]] std::uint32_t restarts(std::size_t child) const;
  /// Returns true after `end`, and after a child has failed too often.
  [[nodiscard]] bool is_ending() const { return ending_; }

  [[nodiscard]] step next() const;
  void on_paused(std::size_t child);
  void on_started(std::size_t child);
  /// Records that the child could not be started, which is a failure. Also gives up if that has
  /// happened too often in a row: a function that fails slowly would never use up the budget.
  [[nodiscard]] verdict on_not_started(std::size_t child, time_point now, double spread);
  void on_stopped(std::size_t child);
  void on_killed(std::size_t child);
  void on_left_behind(std::size_t child);
  /// Records that a child has ended which was running, or stopping.
  [[nodiscard]] verdict on_end(std::size_t child, bool failed, time_point now, double spread);
  void on_timeout(std::uint64_t ticket);
  /// Has all children end, the last one first.
  void end();

private:
  enum class phase : std::uint8_t { absent, running, stopping, overdue, killed, stuck };

  struct child {
    restart_type type;
    phase now = phase::absent;
    /// True iff it is to be started when it is absent.
    bool wanted = true;
    bool must_stop = false;
    /// True once it was started, or was tried to.
    bool tried = false;
    std::uint32_t starts = 0;
    /// The number of consecutive times that it could not be started.
    unsigned not_started = 0;
    /// The ticket of the deadline by which it is to have ended.
    std::uint64_t deadline = 0;
    /// The ticket of the pause before it is started; 0 if there is none.
    std::uint64_t paused = 0;
    /// The pause that is still to be begun.
    std::optional<duration> pause = {};
    restart_pause pauses = {};
  };

  [[nodiscard]] step next_start() const;
  verdict fail(std::size_t child, bool ran, time_point now, double spread);
  [[nodiscard]] step step_for(action what, std::size_t child) const {
    return {what, child, tickets_ + 1, {}};
  }

  restart_strategy strategy_ = restart_strategy::one_for_one;
  restart_limits limits_;
  std::vector<child> children_;
  restart_budget budget_;
  std::uint64_t tickets_ = 0;
  bool ending_ = false;
};

} // namespace devp2p
