// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace devp2p {

/// Notices that the actor system ends without waiting for its actors
/// (`actor_system::await_actors_before_shutdown`). An actor that owns others then has to end at
/// once, and they with it: what the network brings later must find nobody.
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

  /// To be called when the owner ends.
  template <class Self>
  void forget(Self* self) {
    if (first_)
      self->demonitor(first_);
    first_ = nullptr;
  }

  /// Whether the end of `gone` is that of the system.
  [[nodiscard]] bool is(const caf::actor_addr& gone) const { return first_ && first_ == gone; }

private:
  caf::actor_addr first_;
};

} // namespace devp2p
