// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/memory_network.hpp"

#include <caf/fwd.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/timespan.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string_view>

namespace devp2p::kit {

/// What took real time in a world: one turn of an actor, or one callback of the network.
struct turn {
  /// 0: the network.
  caf::actor_id actor = 0;
  /// The actor's `name()`, or `network`.
  std::string_view kind = {};
  std::chrono::nanoseconds took{0};
  /// It was the actor's last.
  bool ended = false;
};

/// Is told of each; must not touch the world.
using turn_observer = std::function<void(const turn&)>;

struct schedule_options {
  /// Without one everything happens in the order of arrival.
  std::optional<std::uint64_t> seed = std::nullopt;
  /// How many messages an actor handles in one step, at least 1.
  std::size_t turn = 1;
  /// Timeouts of the same moment go off before anybody has handled the first of them.
  bool together = false;
  /// Whether the network's trace is to hold the steps.
  bool traced = true;
  /// Without it no clock is read; it changes nothing of what happens.
  turn_observer on_turn = {};
};

/// What happens next in a world: one step at a time, in the order of arrival, or chosen by a seed
/// among all that may happen. Each actor gets its messages in order, whatever the seed.
///
/// The network's trace holds each step.
class schedule {
public:
  /// Both outlive the schedule. The network's time is ours.
  schedule(caf::scheduler::test_coordinator& scheduler, net::memory_network& network,
           const schedule_options& options);

  /// Handles the messages of one turn, or one network event. False if there is none.
  bool run_one();

  /// Lets time pass to what is due next, and makes it happen; but not beyond `limit`: then it is
  /// `limit`, and nothing has happened. For a world that has come to rest.
  bool pass(caf::timespan limit);

  /// Since the schedule began.
  [[nodiscard]] caf::timespan now() const { return network_.now(); }

  /// When time alone makes something happen.
  [[nodiscard]] std::optional<caf::timespan> next_due() const;

private:
  class worker;
  using time_point = caf::actor_clock::time_point;

  bool run_job();
  bool run_event();
  caf::resumable::resume_result resume(caf::resumable& next, caf::execution_unit& unit);
  void note(caf::scheduled_actor& next);
  void set_time(caf::timespan when);
  /// When the first of CAF's timeouts is due.
  [[nodiscard]] std::optional<caf::timespan> next_timeout() const;
  /// A number below `end`; 0 without a seed.
  std::size_t choose(std::size_t end);

  caf::scheduler::test_coordinator& scheduler_;
  net::memory_network& network_;
  std::optional<std::mt19937_64> engine_;
  std::size_t turn_;
  bool together_;
  bool traced_;
  turn_observer on_turn_;
  time_point start_;
};

} // namespace devp2p::kit
