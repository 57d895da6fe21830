// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/pinned.hpp"

#include <caf/actor_registry.hpp>
#include <caf/logger.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace devp2p {

namespace {

/// So many messages one actor handles before the next has its turn.
constexpr std::size_t max_throughput = 64;

} // namespace

loop_unit::loop_unit(caf::actor_system& system, net::loop& loop)
  : caf::execution_unit(&system),
    loop_(loop) {}

loop_unit::~loop_unit() {
  for (auto* left : ready_)
    intrusive_ptr_release(left);
}

void loop_unit::exec_later(caf::resumable* ready) {
  if (ready->subtype() != caf::resumable::io_actor) {
    system().scheduler().enqueue(ready);
    return;
  }
  bool first = false;
  {
    std::lock_guard guard{mutex_};
    first = ready_.empty();
    ready_.push_back(ready);
  }
  // One wake-up serves all that become ready before the loop looks.
  if (first) {
    system().registry().inc_running();
    loop_.post([self = shared_from_this()] { self->run_ready(); });
  }
}

void loop_unit::run_ready() {
  std::vector<caf::resumable*> batch;
  {
    std::lock_guard guard{mutex_};
    batch.swap(ready_);
  }
  for (auto* actor : batch) {
    switch (actor->resume(this, max_throughput)) {
    case caf::resumable::resume_later:
      exec_later(actor);
      break;
    case caf::resumable::shutdown_execution_unit:
      break;
    default: // It waits for messages, or it is done: the reference of its turn goes.
      intrusive_ptr_release(actor);
    }
  }
  // Who spawns an actor leaves the system's logger with the thread. The system waits for the last
  // of its holders when it ends, but this thread lives longer.
  caf::logger::set_current_actor_system(nullptr);
  // For all others, an actor is gone a little before its last turn is over: the system, which waits
  // for the last actor when it ends, is to wait for this, too.
  system().registry().dec_running();
}

} // namespace devp2p
