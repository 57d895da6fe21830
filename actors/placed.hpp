// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/enduring.hpp"
#include "devp2p/actors/placement.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/invoke_message_result.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace devp2p::detail {

/// A handler that has its turns on the loop of its session or on CAF's scheduler, as its
/// `placement` says. Without a loop it is an ordinary actor, as in tests and simulations. `Base` is
/// the actor's class.
template <class Base>
class placed : public enduring<Base> {
public:
  /// `loop` is the loop where the actor begins; if it is null, the actor stays on the scheduler.
  /// The loop outlives the actor and has room for it.
  template <class... Args>
  placed(caf::actor_config& config, execution_unit* loop, Args&&... args)
    : enduring<Base>(config, std::forward<Args>(args)...),
      loop_(loop),
      place_(loop != nullptr) {
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
    if (!place_.is_measured())
      return enduring<Base>::resume(unit, max);
    measured_until_ = clock::now();
    if (unit != loop_)
      return resume_on_scheduler(unit, max);
    // A message may have come to the loop just before the move.
    return place_.is_loop() ? resume_on_loop(max) : caf::resumable::resume_later;
  }

  caf::invoke_message_result consume(caf::mailbox_element& what) override {
    auto out = enduring<Base>::consume(what);
    if (place_.is_measured() && this->context() != loop_)
      measure();
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

private:
  using clock = std::chrono::steady_clock;

  /// The maximum number of messages between two looks at the time: the turn cannot end within them.
  static constexpr std::size_t max_step = 4;
  /// The duration of a turn on the loop after which the other actors have theirs.
  static constexpr std::chrono::microseconds max_turn{200};

  /// Once the actor has moved, another thread may run it.
  caf::resumable::resume_result resume_on_loop(std::size_t max) {
    const auto end = measured_until_ + max_turn;
    std::size_t step = 1;
    for (std::size_t handled = 0;; handled += step, step = std::min(2 * step, max_step)) {
      auto out = enduring<Base>::resume(loop_, step);
      if (measure() || out != caf::resumable::resume_later || handled + step >= max ||
          measured_until_ >= end)
        return out;
    }
  }

  /// After a turn that leaves no message behind, another thread may run the actor.
  caf::resumable::resume_result resume_on_scheduler(execution_unit* unit, std::size_t max) {
    auto out = enduring<Base>::resume(unit, max);
    if (out != caf::resumable::resume_later || !place_.is_loop())
      return out;
    // The worker would have the next turn, too.
    intrusive_ptr_add_ref(this->ctrl());
    loop_->exec_later(this);
    return caf::resumable::awaiting_message;
  }

  /// Returns whether the actor has moved.
  bool measure() {
    auto now = clock::now();
    auto took = now - std::exchange(measured_until_, now);
    if (!place_.must_move(took, now))
      return false;
    if (place_.is_loop())
      let_go_of_system();
    else
      hold_system();
    place_.move(now);
    return true;
  }

  /// While the actor lives on the loop, the actor system does not end: see `loop_unit`.
  void hold_system() {
    if (!std::exchange(holds_system_, true))
      this->home_system().inc_detached_threads();
  }

  void let_go_of_system() {
    if (std::exchange(holds_system_, false))
      this->home_system().dec_detached_threads();
  }

  execution_unit* const loop_;
  placement place_;
  bool holds_system_ = false;
  /// The end of the last message of this turn, or the beginning of the turn.
  clock::time_point measured_until_;
};

} // namespace devp2p::detail
