// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/pinned.hpp"

#include <caf/logger.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <chrono>
#include <new>
#include <optional>

namespace devp2p {

namespace {

/// So many messages one actor handles before the next has its turn.
constexpr std::size_t max_throughput = 64;

/// How long actors have turns before the sockets have theirs, and so often at least. What one read
/// brings can be handled meanwhile, as a rule: if the sockets came before, messages would wait in
/// mailboxes up to the windows' bounds, and all memory be cold when it is looked at again.
constexpr std::chrono::microseconds max_turn{500};
constexpr int min_batches = 4;

} // namespace

loop_unit::loop_unit(caf::actor_system& system, net::loop& loop)
  : caf::execution_unit(&system),
    loop_(loop) {
  batch_.reserve(1);
}

loop_unit::~loop_unit() {
  for (auto* left : {&ready_, &strays_})
    for (auto* actor : *left)
      intrusive_ptr_release(actor);
}

void loop_unit::add_actor() {
  std::lock_guard guard{mutex_};
  if (ready_.capacity() <= actors_)
    ready_.reserve(actors_ + actors_ / 2 + 1);
  strays_.reserve(ready_.capacity());
  ++actors_;
}

void loop_unit::remove_actor() {
  std::lock_guard guard{mutex_};
  --actors_;
}

void loop_unit::exec_later(caf::resumable* ready) {
  if (ready->subtype() != caf::resumable::io_actor)
    return hand_over(ready);
  bool first = false;
  {
    // All at once: who has been seen to be ready may run, and be the last of its system.
    std::lock_guard guard{mutex_};
    ready_.push_back(ready);
    first = claim();
  }
  // One wake-up serves all that become ready before the loop has looked.
  if (first)
    schedule();
}

/// CAF takes the actor for scheduled, and would never schedule it again.
void loop_unit::hand_over(caf::resumable* ready) {
  try {
    return system().scheduler().enqueue(ready);
  } catch (const std::bad_alloc&) {
    std::lock_guard guard{mutex_};
    if (strays_.size() == strays_.capacity())
      throw;
    strays_.push_back(ready);
    if (!claim())
      return;
  }
  schedule();
}

/// Precondition: the mutex is held.
void loop_unit::hand_over_strays() {
  auto nothing = [](const caf::error&) {};
  survive(nothing, [this] {
    for (; !strays_.empty(); strays_.pop_back())
      system().scheduler().enqueue(strays_.back());
  });
}

/// Whether the caller has to see to it that the loop looks. Precondition: the mutex is held.
bool loop_unit::claim() {
  if (std::exchange(scheduled_, true))
    return false;
  system().inc_detached_threads();
  return true;
}

loop_unit::turn::turn(const std::shared_ptr<loop_unit>& unit) : unit_(unit) {
  if (!unit_)
    return;
  std::lock_guard guard{unit_->mutex_};
  claimed_ = unit_->claim();
}

loop_unit::turn::~turn() {
  if (!unit_)
    return;
  auto done = unit_->run_for_a_while();
  // Or else somebody has been promised a look already, which is still to come.
  if (claimed_)
    done ? unit_->end_claim() : unit_->schedule();
}

/// To be called by who has claimed.
void loop_unit::schedule() {
  {
    std::lock_guard guard{mutex_};
    if (std::exchange(waits_for_loop_, true)) {
      // One look serves two claims.
      system().dec_detached_threads();
      return;
    }
  }
  loop_.wake(shared_from_this());
}

void loop_unit::on_wake() {
  {
    std::lock_guard guard{mutex_};
    waits_for_loop_ = false;
  }
  if (run_for_a_while())
    end_claim();
  else
    schedule();
}

/// False if there may be more.
bool loop_unit::run_for_a_while() {
  // What these make ready has its turn at once: a packet goes from its handler to the wire without
  // another look at the sockets.
  using clock = std::chrono::steady_clock;
  int batches = 0;
  std::optional<clock::time_point> until;
  while (run_batch())
    if (++batches == min_batches)
      until = clock::now() + max_turn;
    else if (until && clock::now() >= *until)
      return false;
  return true;
}

void loop_unit::end_claim() {
  // Who spawns an actor leaves the system's logger with the thread. The system waits for the last
  // of its holders when it ends, but this thread lives longer.
  caf::logger::set_current_actor_system(nullptr);
  // For all others, an actor is gone a little before its last turn is over: the system, which waits
  // for threads when it ends, is to wait for this, too.
  system().dec_detached_threads();
}

/// Whether there was any; if not, nobody has been promised a look any more.
bool loop_unit::run_batch() {
  {
    std::lock_guard guard{mutex_};
    hand_over_strays();
    scheduled_ = !ready_.empty() || !strays_.empty();
    if (!scheduled_)
      return false;
    take_batch();
  }
  for (auto* actor : batch_)
    if (actor->resume(this, max_throughput) == caf::resumable::resume_later)
      exec_later(actor);
    else // It waits for messages, or it is done: the reference of its turn goes.
      intrusive_ptr_release(actor);
  batch_.clear();
  return true;
}

/// All that are ready, if any; if there is no room for those that become ready meanwhile, the
/// first.
void loop_unit::take_batch() {
  try {
    batch_.reserve(ready_.capacity());
    batch_.swap(ready_);
  } catch (const std::bad_alloc&) {
    if (ready_.empty())
      return;
    batch_.push_back(ready_.front());
    ready_.erase(ready_.begin());
  }
}

} // namespace devp2p
