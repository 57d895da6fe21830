// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/enduring.hpp"
#include "devp2p/actors/loop_unit.hpp"
#include "devp2p/actors/placement.hpp"
#include "devp2p/actors/progress.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/pending_writes.hpp"
#include "devp2p/net/workplace.hpp"

#include <caf/actor_system.hpp>
#include <caf/invoke_message_result.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

namespace devp2p::detail {

/// A handler that has its turns on the loop of its session or on CAF's scheduler, as its
/// `placement` says. Without a loop it is an ordinary actor, as in tests and simulations. `Base` is
/// the actor's class.
///
/// For each turn on the loop, the loop lends its thread. If the handler does not return it in time,
/// the loop goes on with another. The handler is then on a thread of its own until the turn ends,
/// and on the scheduler from then on. A handler that has held the loop for longer than
/// `loop_unit::hold_timeout()` ends with `errc::handler_stalled` when it returns.
template <class Base>
class placed : public enduring<Base>, public progress, private net::borrower {
public:
  /// `loop` is the loop of the session, or null. It outlives the actor and has room for it.
  /// `pending` is what was written to the session; may be null.
  template <class... Args>
  placed(caf::actor_config& config, loop_unit* loop, std::shared_ptr<pending_writes> pending,
         bool begins_on_loop, Args&&... args)
    : enduring<Base>(config, std::forward<Args>(args)...),
      loop_(loop),
      pending_(std::move(pending)),
      place_(loop != nullptr && begins_on_loop) {
    if (place_.is_loop())
      hold_system();
  }

  ~placed() override { let_go_of_system(); }

  using caf::abstract_actor::enqueue;

  void enqueue(caf::mailbox_element_ptr what, execution_unit* unit) override {
    enduring<Base>::enqueue(std::move(what), place_.is_loop() ? loop_ : unit);
  }

  void launch(execution_unit* unit, bool lazy, bool hide) override {
    enduring<Base>::launch(place_.is_loop() ? loop_ : unit, lazy, hide);
  }

  caf::resumable::subtype_t subtype() const override {
    return place_.is_loop() ? caf::resumable::io_actor : enduring<Base>::subtype();
  }

  caf::resumable::resume_result resume(execution_unit* unit, std::size_t max) override {
    if (loop_ == nullptr)
      return enduring<Base>::resume(unit, max);
    // A message may have come to the other place just before the move.
    if (unit != loop_)
      return place_.is_loop() ? go_to_loop() : resume_on_scheduler(unit, max);
    return place_.is_loop() ? resume_on_loop(max) : caf::resumable::resume_later;
  }

  caf::invoke_message_result consume(caf::mailbox_element& what) override {
    progress::begin_message();
    auto out = enduring<Base>::consume(what);
    progress::end_message();
    if (loop_ != nullptr)
      on_consumed();
    return out;
  }

  bool cleanup(caf::error&& why, execution_unit* unit) override {
    if (this->is_over())
      return false;
    try {
      enduring<Base>::cleanup(std::move(why), unit);
    } catch (...) {
      let_go_of_system();
      throw;
    }
    let_go_of_system();
    return true;
  }

protected:
  /// Called on another thread when this actor has been busy with one message for too long: on the
  /// thread of its loop, or on one of the scheduler's, all of which are so. Returns false to be
  /// called again.
  virtual bool on_stuck(bool /*on_loop*/) noexcept { return true; }

private:
  using clock = std::chrono::steady_clock;

  /// The maximum number of messages between two looks at the time: the turn cannot end within them.
  static constexpr std::size_t max_step = 4;
  /// The duration of a turn on the loop after which the other actors have theirs.
  static constexpr std::chrono::microseconds max_turn{200};

  void on_taken() noexcept override { this->home_system().inc_detached_threads(); }

  bool on_overdue(std::size_t stuck) noexcept override {
    auto on_loop = stuck == 0;
    return (on_loop || stuck >= this->home_system().scheduler().num_workers()) && on_stuck(on_loop);
  }

  [[nodiscard]] std::chrono::nanoseconds patience() const noexcept override {
    return loop_->hold_timeout();
  }

  /// Once the actor waits for messages, or has moved, another thread may run it: on the scheduler,
  /// and on the loop if that goes on without this thread.
  caf::resumable::resume_result resume_on_loop(std::size_t max) {
    if (is_ahead())
      return caf::resumable::resume_later;
    auto& loop = loop_->loop();
    measured_until_ = clock::now();
    auto* work = work_ = loop.lend(*this);
    if (work == nullptr) {
      move();
      return caf::resumable::resume_later;
    }
    const auto end = measured_until_ + max_turn;
    std::size_t step = 1;
    for (std::size_t handled = 0;; handled += step, step = std::min(2 * step, max_step)) {
      auto out = enduring<Base>::resume(loop_, step);
      if (out != caf::resumable::resume_later) {
        if (loop.take_back(*work))
          measure();
        return out;
      }
      auto moved = measure();
      if (!moved && handled + step < max && measured_until_ < end && !is_ahead())
        continue;
      if (!loop.take_back(*work) && !moved)
        move();
      return out;
    }
  }

  /// After a turn that leaves no message behind, another thread may run the actor.
  caf::resumable::resume_result resume_on_scheduler(execution_unit* unit, std::size_t max) {
    if (is_ahead())
      return wait_for_peer();
    if (place_.is_measured())
      measured_until_ = clock::now();
    auto* work = work_ = loop_->loop().watch(*this);
    auto out = caf::resumable::resume_later;
    for (std::size_t step = 1; max > 0; step = std::min(2 * step, max_step)) {
      step = std::min(step, max);
      out = enduring<Base>::resume(unit, step);
      if (out != caf::resumable::resume_later || place_.is_loop() || is_ahead())
        break;
      max -= step;
    }
    if (work != nullptr)
      static_cast<void>(work->end());
    if (out != caf::resumable::resume_later)
      return out;
    // The worker would have the next turn, too.
    if (place_.is_loop())
      return go_to_loop();
    return is_ahead() ? wait_for_peer() : out;
  }

  /// Returns whether the peer must take messages before this actor writes more.
  [[nodiscard]] bool is_ahead() const { return pending_ && pending_->are_too_many(); }

  /// Waits until the loop has got to this actor, and before that to the peer, which has become
  /// ready before. Returns the result for the thread that has the turn now.
  caf::resumable::resume_result wait_for_peer() {
    intrusive_ptr_add_ref(this->ctrl());
    loop_->pass_through(this);
    return caf::resumable::awaiting_message;
  }

  /// Has the next turn on the loop. Returns the result for the thread that has it now.
  caf::resumable::resume_result go_to_loop() {
    intrusive_ptr_add_ref(this->ctrl());
    loop_->exec_later(this);
    return caf::resumable::awaiting_message;
  }

  /// Called after each message, while no other thread may run the actor.
  void on_consumed() {
    auto on_loop = this->context() == loop_;
    if (on_loop && work_->is_overdue())
      this->quit(caf::make_error(errc::handler_stalled));
    if (on_loop && work_->is_taken() && place_.is_loop())
      measured_until_ = clock::now(), move();
    else if (!on_loop && place_.is_measured())
      measure();
    if (work_ != nullptr)
      work_->renew();
  }

  /// Returns whether the actor has moved.
  bool measure() {
    auto now = clock::now();
    auto took = now - std::exchange(measured_until_, now);
    if (!place_.must_move(took, now))
      return false;
    move();
    return true;
  }

  /// Moves the actor to its other place.
  void move() {
    if (place_.is_loop())
      let_go_of_system();
    else
      hold_system();
    place_.move(measured_until_);
  }

  /// While the actor lives on the loop, the actor system does not end: see `loop_unit`.
  void hold_system() {
    if (!std::exchange(holds_system_, true))
      loop_->hold();
  }

  void let_go_of_system() {
    if (std::exchange(holds_system_, false))
      loop_->release();
  }

  loop_unit* const loop_;
  const std::shared_ptr<pending_writes> pending_;
  placement place_;
  /// The place of this turn; null if it is not watched.
  net::workplace* work_ = nullptr;
  bool holds_system_ = false;
  /// The end of the last message of this turn, or the beginning of the turn.
  clock::time_point measured_until_;
};

} // namespace devp2p::detail
