// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/loop_unit.hpp"

#include "devp2p/actors/surviving.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/logger.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <chrono>
#include <cstddef>
#include <new>
#include <optional>

namespace devp2p {

namespace {

/// The maximum number of messages that one actor handles before the next has its turn.
constexpr std::size_t max_throughput = 64;

/// The duration of a run, after the first `min_turns`, before the sockets have theirs. As a rule it
/// is enough to handle the data of one read. If the sockets came earlier, messages would wait in
/// mailboxes up to the windows' bounds, and all memory would be cold when it is used again.
constexpr std::chrono::microseconds max_run{500};
/// The number of actors that have their turn before `max_run` begins.
constexpr int min_turns = 3;

} // namespace

loop_unit::loop_unit(caf::actor_system& system, net::loop& loop,
                     std::chrono::nanoseconds hold_timeout)
  : execution_unit(&system),
    loop_(loop),
    hold_timeout_(hold_timeout) {
  batch_.reserve(1);
}

loop_unit::~loop_unit() {
  batch_.erase(batch_.begin(), batch_.begin() + static_cast<std::ptrdiff_t>(next_));
  for (auto* left : {&batch_, &ready_, &strays_})
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

void loop_unit::hold() {
  std::lock_guard guard{mutex_};
  hold_with_lock();
}

void loop_unit::hold_with_lock() {
  if (holds_++ == 0)
    system().inc_detached_threads();
}

void loop_unit::release() {
  auto& home = system();
  {
    std::lock_guard guard{mutex_};
    if (--holds_ > 0)
      return;
  }
  home.dec_detached_threads(); // The system may end now.
}

void loop_unit::exec_later(caf::resumable* ready) {
  if (ready->subtype() != caf::resumable::io_actor)
    return hand_over(ready);
  pass_through(ready);
}

void loop_unit::pass_through(caf::resumable* ready) {
  bool first = false;
  {
    // Both steps under one lock: an actor that is seen in `ready_` may run at once, and be the last
    // of its system.
    std::lock_guard guard{mutex_};
    ready_.push_back(ready);
    first = claim();
  }
  // One wake-up serves all that become ready before the loop has looked.
  if (first)
    schedule();
}

/// Gives an actor to the scheduler. Without memory for that, keeps it among the strays: CAF regards
/// the actor as scheduled, and would never schedule it again.
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

/// Gives the strays to the scheduler, as far as it has memory. Precondition: the mutex is held.
void loop_unit::hand_over_strays() {
  auto nothing = [](const caf::error&) {};
  survive(nothing, [this] {
    for (; !strays_.empty(); strays_.pop_back())
      system().scheduler().enqueue(strays_.back());
  });
}

/// Returns true iff the caller must make the loop run this unit. Precondition: the mutex is held.
bool loop_unit::claim() {
  if (std::exchange(scheduled_, true))
    return false;
  hold_with_lock();
  return true;
}

loop_unit::turn::turn(const std::shared_ptr<loop_unit>& unit) : unit_(unit) {
  if (!unit_)
    return;
  std::lock_guard guard{unit_->mutex_};
  claimed_ = unit_->claim();
}

loop_unit::turn::~turn() {
  // Without a claim of this turn, a run of this unit is already due.
  if (claimed_)
    unit_->schedule();
}

/// Has the loop wake this unit. Precondition: the caller has a claim.
void loop_unit::schedule() {
  {
    std::lock_guard guard{mutex_};
    if (std::exchange(waits_for_loop_, true)) {
      // One wake-up serves both claims.
      --holds_;
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
  switch (run()) {
  case outcome::done:
    return end_claim();
  case outcome::late:
    return schedule();
  case outcome::lost: // Another thread runs this unit.
    return;
  }
}

/// Runs actors that are ready. Actors that become ready meanwhile have their turn at once: a packet
/// goes from its handler to the network without another look at the sockets.
loop_unit::outcome loop_unit::run() {
  using clock = std::chrono::steady_clock;
  int turns = 0;
  std::optional<clock::time_point> until;
  while (next_ < batch_.size() || begin_batch()) {
    if (batch_.empty())
      return outcome::late; // There are strays, for which the scheduler has no memory.
    if (!run(batch_[next_++]))
      return outcome::lost;
    if (++turns == min_turns)
      until = clock::now() + max_run;
    else if (until && clock::now() >= *until)
      return outcome::late;
  }
  return outcome::done;
}

void loop_unit::end_claim() {
  // Spawning an actor leaves the system's logger with the thread. At its end, the system waits for
  // the last holder of the logger, but this thread lives longer.
  caf::logger::set_current_actor_system(nullptr);
  // Other threads see an actor as gone shortly before its last turn is over. The system waits for
  // threads when it ends, and so for this turn, too.
  release();
}

/// Returns false if no actor is ready, and then gives up the claim.
bool loop_unit::begin_batch() {
  batch_.clear();
  next_ = 0;
  std::lock_guard guard{mutex_};
  hand_over_strays();
  scheduled_ = !ready_.empty() || !strays_.empty();
  if (scheduled_)
    take_batch();
  return scheduled_;
}

/// Gives an actor its turn. Returns false if the loop has gone on without this thread: then another
/// runs this unit.
bool loop_unit::run(caf::resumable* actor) {
  auto& home = system();
  auto& loop = loop_;
  if (actor->resume(this, max_throughput) == caf::resumable::resume_later)
    exec_later(actor);
  else // The actor waits or is done: the reference of its turn goes.
    intrusive_ptr_release(actor);
  if (loop.is_here())
    return true;
  // The actor has made the system wait for this thread.
  caf::logger::set_current_actor_system(nullptr);
  home.dec_detached_threads();
  return false;
}

/// Moves all ready actors to `batch_`. Without memory for those that become ready meanwhile, moves
/// only the first.
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

loop_units::loop_units(std::shared_ptr<loop_unit> own, std::chrono::nanoseconds hold_timeout)
  : hold_timeout_(hold_timeout) {
  if (own)
    units_.emplace(&own->loop(), std::move(own));
}

std::shared_ptr<loop_unit> loop_units::of(net::loop* loop, caf::actor_system& system) {
  if (loop == nullptr)
    return nullptr;
  auto& out = units_[loop];
  if (!out)
    out = std::make_shared<loop_unit>(system, *loop, hold_timeout_);
  return out;
}

} // namespace devp2p
