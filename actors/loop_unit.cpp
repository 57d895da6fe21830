// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/loop_unit.hpp"

#include "devp2p/actors/surviving.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/logger.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <chrono>
#include <new>
#include <optional>

namespace devp2p {

namespace {

/// The maximum number of messages that one actor handles before the next has its turn.
constexpr std::size_t max_throughput = 64;

/// The duration of the actors' turns, after the first `min_batches`, before the sockets have
/// theirs. As a rule it is enough to handle the data of one read. If the sockets came earlier,
/// messages would wait in mailboxes up to the windows' bounds, and all memory would be cold when it
/// is used again.
constexpr std::chrono::microseconds max_turn{500};
/// The number of batches that run before `max_turn` begins.
constexpr int min_batches = 4;

} // namespace

loop_unit::loop_unit(caf::actor_system& system, net::loop& loop)
  : execution_unit(&system),
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
  // Without a claim of this turn, another run of this unit is already due.
  if (claimed_)
    done ? unit_->end_claim() : unit_->schedule();
}

/// Has the loop wake this unit. Precondition: the caller has a claim.
void loop_unit::schedule() {
  {
    std::lock_guard guard{mutex_};
    if (std::exchange(waits_for_loop_, true)) {
      // One wake-up serves both claims.
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

/// Runs batches. Returns false if more actors may be ready.
bool loop_unit::run_for_a_while() {
  // Actors that become ready meanwhile have their turn at once: a packet goes from its handler to
  // the network without another look at the sockets.
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
  // Spawning an actor leaves the system's logger with the thread. At its end, the system waits for
  // the last holder of the logger, but this thread lives longer.
  caf::logger::set_current_actor_system(nullptr);
  // Other threads see an actor as gone shortly before its last turn is over. The system waits for
  // threads when it ends, and so for this turn, too.
  system().dec_detached_threads();
}

/// Runs the actors that are ready. Returns false if there were none, and then gives up the claim.
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
    else // The actor waits or is done: the reference of its turn goes.
      intrusive_ptr_release(actor);
  batch_.clear();
  return true;
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

loop_units::loop_units(std::shared_ptr<loop_unit> own) {
  if (own)
    units_.emplace(&own->loop(), std::move(own));
}

std::shared_ptr<loop_unit> loop_units::of(net::loop* loop, caf::actor_system& system) {
  if (loop == nullptr)
    return nullptr;
  auto& out = units_[loop];
  if (!out)
    out = std::make_shared<loop_unit>(system, *loop);
  return out;
}

} // namespace devp2p
