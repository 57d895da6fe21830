// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/enduring.hpp"
#include "devp2p/actors/loop_unit.hpp"
#include "devp2p/actors/surviving.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/settings.hpp"

#include <caf/resumable.hpp>

#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace devp2p {

/// An actor that lives on a loop's thread. `Base` is the `base` of a typed actor interface.
///
/// Without a unit it is an ordinary actor, as in tests and simulations.
template <class Base>
class pinned : public enduring<Base> {
public:
  pinned(caf::actor_config& config, std::shared_ptr<loop_unit> unit)
    : enduring<Base>(config),
      unit_(std::move(unit)) {
    // CAF's default handler writes to the standard output.
    this->set_exception_handler(
      [](std::exception_ptr& thrown) { return error_of(thrown, errc::callback_failed); });
    if (!unit_)
      return;
    unit_->add_actor();
    unit_->hold();
  }

  ~pinned() override {
    if (!this->is_over()) // The construction has failed.
      let_go_of_system();
    if (unit_)
      unit_->remove_actor();
  }

  using caf::abstract_actor::enqueue;

  void enqueue(caf::mailbox_element_ptr what, execution_unit* unit) override {
    Base::enqueue(std::move(what), unit_ ? unit_.get() : unit);
  }

  void launch(execution_unit* unit, bool lazy, bool hide) override {
    Base::launch(unit_ ? unit_.get() : unit, lazy, hide);
  }

  caf::resumable::subtype_t subtype() const override {
    return unit_ ? caf::resumable::io_actor : Base::subtype();
  }

  bool cleanup(caf::error&& why, execution_unit* unit) override {
    if (this->is_over())
      return false;
    drop_timers();
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
  [[nodiscard]] const std::shared_ptr<loop_unit>& unit() const { return unit_; }

  /// Sends a message to this actor after `delay`, unless the actor is gone by then. Uses the loop's
  /// own timer, which the actor drops when it ends: CAF's clock would keep the actor until then,
  /// and wake a thread.
  template <class... Ts>
  void send_later(caf::timespan delay, const Ts&... what) {
    if (is_never(delay))
      return; // A timer takes memory until it is due.
    if (!unit_)
      return send_later_to(this, delay, this, what...);
    // Timers that were due are forgotten before the list grows.
    if (timers_.size() == timers_.capacity())
      std::erase_if(timers_, [now = this->clock().now()](auto& x) { return x.due <= now; });
    auto& added = timers_.emplace_back();
    added =
      unit_->loop().post_after(delay, [this, self = caf::weak_actor_ptr{this->ctrl()}, what...] {
        if (auto alive = self.lock())
          anon_send_to(this, what...);
      });
  }

  /// Drops what `send_later` has left to send. Otherwise each timer would keep the memory of the
  /// actor, even of a dead one, until it is due.
  void drop_timers() noexcept {
    for (const auto& x : std::exchange(timers_, {}))
      unit_->loop().drop(x);
  }

  /// Returns a timeout for `request`: infinite for one that is never due, because CAF's clock, too,
  /// remembers a deadline until it is due.
  [[nodiscard]] static request_timeout answer_within(settings::duration timeout) {
    return is_never(timeout) ? request_timeout{caf::infinite} : request_timeout{timeout};
  }

  /// Returns the result for a turn that has left work undone, so that another turn follows.
  [[nodiscard]] caf::resumable::resume_result once_more(caf::resumable::resume_result turn) {
    auto sleeps = turn == caf::resumable::awaiting_message;
    return sleeps && this->mailbox().try_unblock() ? caf::resumable::resume_later : turn;
  }

  /// Must be called first in a callback of the network; the result must be kept until its end. The
  /// actor may then send, and receivers on the same loop have their turn right after. The execution
  /// unit of its last message is not used: it is gone if it ran under a test's scheduler.
  [[nodiscard]] loop_unit::turn enter_from_network() {
    this->context(unit_ ? static_cast<execution_unit*>(unit_.get())
                        : this->home_system().dummy_execution_unit());
    return loop_unit::turn{unit_};
  }

private:
  /// Returns true for `settings::forever`, and for a remainder or a part of it down to a quarter.
  [[nodiscard]] static bool is_never(settings::duration delay) {
    return delay >= settings::forever / 4;
  }

  void let_go_of_system() {
    if (unit_)
      unit_->release();
  }

  std::shared_ptr<loop_unit> unit_;
  /// The timers that `send_later` has set; some of them may have been due.
  std::vector<net::loop::timer> timers_;
};

} // namespace devp2p
