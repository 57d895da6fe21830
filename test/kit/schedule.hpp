// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/census.hpp"
#include "devp2p/kit/world_clock.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/sim/memory_network.hpp"

#include <caf/fwd.hpp>
#include <caf/intrusive_ptr.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/timespan.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string_view>

namespace devp2p::kit {

/// One turn of an actor, or one callback of the network, and the real time that it took.
struct turn {
  /// The actor's id, or 0 for the network.
  caf::actor_id actor = 0;
  /// The actor's `name()`, or `network`.
  std::string_view kind = {};
  std::chrono::nanoseconds took{0};
  /// Whether the actor has ended.
  bool ended = false;
};

/// Called after each turn; must not touch the world.
using turn_observer = std::function<void(const turn&)>;

/// Says when an actor that is ready has its next turn, in which it handles one message; `nullopt`
/// if it has one now, as long as any. Asked once for each turn; must not touch the world.
using turn_pace = std::function<std::optional<caf::timespan>(caf::actor_id actor)>;

/// Says how the clock is skewed that an actor sees in its turn; `nullopt` for the world's. Timers
/// that are set in the turn go by that clock as it is then. Must not touch the world.
using turn_clock = std::function<std::optional<clock_skew>(caf::actor_id actor)>;

struct schedule_options {
  /// The seed of the choices; without one everything happens in the order of arrival.
  std::optional<std::uint64_t> seed = std::nullopt;
  /// The maximum number of messages that an actor handles in one step, at least 1.
  std::size_t turn = 1;
  /// Whether timeouts of the same moment go off before any actor has handled the first of them.
  bool together = false;
  /// Whether the network's trace holds the steps.
  bool traced = true;
  /// Called after each turn. Without it no clock is read. Does not change what happens.
  turn_observer on_turn = {};
  /// Lets some actors wait for their turns; may be null.
  turn_pace pace = {};
  /// Has some actors see another clock; may be null.
  turn_clock skew = {};
};

/// Decides what happens next in a world: one step at a time, in the order of arrival, or chosen by
/// a seed among all that may happen. Each actor gets its messages in order, whatever the seed.
///
/// The network's trace holds each step.
class schedule {
public:
  /// Both arguments outlive the schedule, which sets the time of the network.
  schedule(world_scheduler& scheduler, net::memory_network& network,
           const schedule_options& options);

  /// Handles the messages of one turn, or one network event. Returns false if there is none.
  bool run_one();

  /// Lets time pass until something is due, and makes it happen, but not beyond `limit`. Returns
  /// false if nothing is due by then: the time is `limit`, and nothing has happened. For a world
  /// that has come to rest.
  bool pass(caf::timespan limit);

  /// The virtual time since the schedule began.
  [[nodiscard]] caf::timespan now() const { return network_.now(); }

  /// The next time at which a timeout or an arrival is due, if there is one.
  [[nodiscard]] std::optional<caf::timespan> next_due() const;

  /// Lets no actor wait for its turn any more.
  void hurry();

  /// The actors that have had a turn.
  [[nodiscard]] const census& actors() const { return actors_; }

private:
  class worker;
  /// An actor that is ready, with the reference that the queue of jobs has held.
  using job = caf::intrusive_ptr<caf::resumable>;
  using time_point = caf::actor_clock::time_point;

  bool run_job();
  bool run_event();
  /// Gives the actor its turn, of at most `most` messages.
  void give_turn(job next, std::size_t most);
  /// Makes the turns due that were waited for.
  void end_waits();
  /// Gives the actor its turn by its clock.
  caf::resumable::resume_result resume(caf::resumable& next, execution_unit& unit,
                                       std::size_t most);
  caf::resumable::resume_result timed_resume(caf::resumable& next, execution_unit& unit,
                                             std::size_t most);
  void note(caf::scheduled_actor& next);
  void set_time(caf::timespan when);
  /// The time at which the first of CAF's timeouts is due.
  [[nodiscard]] std::optional<caf::timespan> next_timeout() const;
  /// Returns a number below `end`; 0 without a seed.
  std::size_t choose(std::size_t end);

  world_scheduler& scheduler_;
  net::memory_network& network_;
  std::optional<std::mt19937_64> engine_;
  std::size_t turn_;
  bool together_;
  bool traced_;
  turn_observer on_turn_;
  turn_pace pace_;
  turn_clock skew_;
  /// Actors whose turns are to come, by their times, and those whose turns are due.
  std::multimap<caf::timespan, job> waiting_;
  std::deque<job> due_;
  census actors_;
  time_point start_;
};

} // namespace devp2p::kit
