// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduled_actor.hpp>

#include <functional>
#include <memory>

namespace devp2p {

class system_end_tasks;

/// Calls a function when an actor system ends without waiting for its actors. For an actor on CAF's
/// scheduler, which by then runs it no more, whatever it is sent, and which has detached actors:
/// the system would wait for their threads for ever.
///
/// What it costs does not grow with the number of those that wait: the nodes of a simulation are
/// many. CAF would search all monitors of one actor for the one to be ended.
class at_system_end {
public:
  at_system_end() = default;
  at_system_end(const at_system_end&) = delete;
  at_system_end& operator=(const at_system_end&) = delete;
  ~at_system_end() { forget(); }

  /// Sets the task; may be called at most once. `task` runs on another thread, when the owner does
  /// not run, and must not throw. It runs at once if the system has ended.
  void call(caf::actor_system& system, std::function<void()> task);

  /// Must be called when the owner ends.
  void forget();

private:
  std::shared_ptr<system_end_tasks> among_;
};

/// Notices that the actor system ends without waiting for its actors
/// (`actor_system::await_actors_before_shutdown`). An actor that owns others must then end at once,
/// together with them: data that the network brings later must reach no actor. The actor is sent a
/// `down_msg`.
class system_end {
public:
  void watch(caf::scheduled_actor* self);

  /// Must be called when the owner ends.
  void forget() {
    when_.forget();
    first_ = nullptr;
  }

  /// Returns true iff the end of `gone` is that of the system.
  [[nodiscard]] bool is(const caf::actor_addr& gone) const { return first_ && first_ == gone; }

private:
  /// CAF's printer, which is the first actor that a system ends.
  caf::actor_addr first_;
  at_system_end when_;
};

} // namespace devp2p
