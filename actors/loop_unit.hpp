// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/net/network.hpp"

#include <caf/actor_system.hpp>
#include <caf/resumable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace devp2p {

/// Runs actors on the thread of a network's loop, so that data of a stream reaches its actor
/// without a thread switch. Actors that are not pinned go to the system's scheduler as usual. If
/// the scheduler has no memory for one, the unit tries again until it has.
///
/// While one of its actors lives or has a turn, the actor system does not end, even if it does not
/// wait for its actors: the system counts the unit as it counts a detached actor. It counts all of
/// them as one, as its counter is shared by all loops.
///
/// Callable from any thread. Must be held by a `std::shared_ptr`.
class loop_unit : public execution_unit,
                  public net::wakeable,
                  public std::enable_shared_from_this<loop_unit> {
public:
  loop_unit(caf::actor_system& system, net::loop& loop,
            std::chrono::nanoseconds hold_timeout = settings{}.hold_timeout);
  ~loop_unit() override;

  void exec_later(caf::resumable* ready) override;

  /// Has an actor of the scheduler wait its turn on the loop, which gives it back to the scheduler:
  /// those that were ready before have their turns meanwhile. The caller hands over a reference.
  void pass_through(caf::resumable* ready);

  /// Must be called before an actor lives on this unit, or one of the scheduler relies on it.
  /// Reserves a place, so that the actor needs no memory to become ready.
  void add_actor();
  /// Must be called when such an actor is gone.
  void remove_actor();

  /// Keeps the actor system from ending, until `release` was called as often.
  void hold();
  void release();

  /// Called by the loop only.
  void on_wake() override;

  [[nodiscard]] net::loop& loop() const { return loop_; }

  /// The time for which a handler may hold the loop with one message.
  [[nodiscard]] std::chrono::nanoseconds hold_timeout() const { return hold_timeout_; }

  /// A callback on the loop's thread. Actors that become ready during its lifetime have their turn
  /// right after it: data of one socket is handled before the next one is read.
  class turn {
  public:
    explicit turn(const std::shared_ptr<loop_unit>& unit);
    ~turn();
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

  private:
    std::shared_ptr<loop_unit> unit_;
    bool claimed_ = false;
  };

private:
  void hold_with_lock();
  bool claim();
  void schedule();
  void hand_over(caf::resumable* ready);
  void hand_over_strays();
  void end_claim();
  /// The end of a run: no actor is ready, its time is up, or the loop has gone on without
  /// this thread.
  enum class outcome : std::uint8_t { done, late, lost };

  outcome run();
  bool begin_batch();
  void take_batch();
  bool run(caf::resumable* actor);

  net::loop& loop_;
  const std::chrono::nanoseconds hold_timeout_;
  std::mutex mutex_;
  /// The number of actors that `ready_` has room for. No actor is in it twice.
  std::size_t actors_ = 0;
  /// The number of reasons why the actor system must not end: actors, and claims.
  std::size_t holds_ = 0;
  /// Actors of this unit that are ready. Each entry holds a reference.
  std::vector<caf::resumable*> ready_;
  /// Ready actors that the scheduler had no memory for. Each entry holds a reference.
  std::vector<caf::resumable*> strays_;
  /// The actors that have their turn, and the index of the next. Used on the loop's thread only.
  std::vector<caf::resumable*> batch_;
  std::size_t next_ = 0;
  /// True if the loop will run this unit, or is running it.
  bool scheduled_ = false;
  /// True while this unit is in the loop's list of those to wake.
  bool waits_for_loop_ = false;
};

/// The units of an actor whose children live on the loops of their streams: one for each loop.
class loop_units {
public:
  /// `own` is the unit of the actor itself; null without a loop. The others get this
  /// `hold_timeout`.
  explicit loop_units(std::shared_ptr<loop_unit> own,
                      std::chrono::nanoseconds hold_timeout = settings{}.hold_timeout);

  /// Returns the unit of that loop, and makes it when it is needed first. Null if `loop` is.
  std::shared_ptr<loop_unit> of(net::loop* loop, caf::actor_system& system);

private:
  const std::chrono::nanoseconds hold_timeout_;
  std::map<net::loop*, std::shared_ptr<loop_unit>> units_;
};

} // namespace devp2p
