// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/attachable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace devp2p {

/// Notices that the actor system ends without waiting for its actors
/// (`actor_system::await_actors_before_shutdown`). An actor that owns others must then end at once,
/// together with them: data that the network brings later must reach no actor.
///
/// CAF's printer is the first actor that a system ends; its owner monitors it.
class system_end {
public:
  template <class Self>
  void watch(Self* self) {
    auto printer = self->home_system().scheduler().printer();
    first_ = printer.address();
    self->monitor(printer);
  }

  /// Must be called when the owner ends.
  template <class Self>
  void forget(Self* self) {
    if (first_)
      self->demonitor(first_);
    first_ = nullptr;
  }

  /// Returns true iff the end of `gone` is that of the system.
  [[nodiscard]] bool is(const caf::actor_addr& gone) const { return first_ && first_ == gone; }

private:
  caf::actor_addr first_;
};

/// Calls a function when the actor system ends. For an actor on CAF's scheduler, which by then runs
/// it no more, whatever it is sent, and which has detached actors: the system would wait for their
/// threads for ever.
class at_system_end {
public:
  at_system_end() = default;
  at_system_end(const at_system_end&) = delete;
  at_system_end& operator=(const at_system_end&) = delete;
  ~at_system_end() { forget(); }

  /// Sets the task; may be called at most once. `task` runs on another thread, when the owner does
  /// not run, and must not throw.
  void call(caf::actor_system& system, std::function<void()> task) {
    auto printer = system.scheduler().printer();
    first_ = printer.address();
    printer->attach(std::make_unique<task_at_end>(this, std::move(task)));
  }

  /// Must be called when the owner ends.
  void forget() {
    if (auto printer = caf::actor_cast<caf::strong_actor_ptr>(first_))
      printer->get()->detach(caf::attachable::token{task_at_end::token_type, this});
    first_ = nullptr;
  }

private:
  class task_at_end final : public caf::attachable {
  public:
    /// A token type that CAF does not use.
    static constexpr std::size_t token_type = 0xde72;

    task_at_end(const at_system_end* owner, std::function<void()> task)
      : owner_(owner),
        task_(std::move(task)) {}

    void actor_exited(const caf::error&, execution_unit*) override { task_(); }

    bool matches(const token& what) override {
      return what.subtype == token_type && what.ptr == owner_;
    }

  private:
    const at_system_end* owner_;
    std::function<void()> task_;
  };

  caf::actor_addr first_;
};

} // namespace devp2p
