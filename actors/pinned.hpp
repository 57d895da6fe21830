// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/enduring.hpp"
#include "devp2p/actors/surviving.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/net/network.hpp"

#include <caf/actor_system.hpp>
#include <caf/duration.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace devp2p {

/// Runs actors on the thread of a network's loop, so that what a stream brings reaches its actor
/// without a hop. Actors that are not pinned go to the system's scheduler, as ever; where that has
/// no memory to remember one, again and again.
///
/// While an actor of it lives, or has a turn, the actor system does not end, even if it does not
/// wait for its actors: to the system it is a thread of its own, as detached actors are.
///
/// Callable from any thread. Must be held by a `std::shared_ptr`.
class loop_unit : public caf::execution_unit,
                  public net::wakeable,
                  public std::enable_shared_from_this<loop_unit> {
public:
  loop_unit(caf::actor_system& system, net::loop& loop);
  ~loop_unit() override;

  void exec_later(caf::resumable* ready) override;

  /// To be called before an actor lives here, or of the scheduler counts on us, and when it is
  /// gone. Makes room for it: an actor needs no memory to become ready.
  void add_actor();
  void remove_actor();

  /// For the loop.
  void on_wake() override;

  [[nodiscard]] net::loop& loop() const { return loop_; }

  /// While it lives, on the loop's thread, what becomes ready waits; then all of that has its turn,
  /// and whoever was ready before: what one socket brings is handled before the next one is read.
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
  bool claim();
  void schedule();
  void hand_over(caf::resumable* ready);
  void hand_over_strays();
  void end_claim();
  bool run_for_a_while();
  bool run_batch();
  void take_batch();

  net::loop& loop_;
  std::mutex mutex_;
  /// There is room for them all: none is in it twice.
  std::size_t actors_ = 0;
  /// Each holds a reference.
  std::vector<caf::resumable*> ready_;
  /// Ready actors that the scheduler had no memory for. Each holds a reference.
  std::vector<caf::resumable*> strays_;
  /// Of the loop's thread: those that have their turn.
  std::vector<caf::resumable*> batch_;
  /// The loop will look, or is looking.
  bool scheduled_ = false;
  /// This unit is in the loop's list of those to wake.
  bool waits_for_loop_ = false;
};

/// An actor that lives on a loop's thread. `Base` is the `base` of a typed actor interface.
///
/// Without a unit it is an ordinary actor: that is how tests and simulations run it.
template <class Base>
class pinned : public enduring<Base> {
public:
  pinned(caf::actor_config& config, std::shared_ptr<loop_unit> unit)
    : enduring<Base>(config),
      unit_(std::move(unit)) {
    // CAF's own writes to the standard output.
    this->set_exception_handler(
      [](std::exception_ptr& thrown) { return error_of(thrown, errc::callback_failed); });
    if (!unit_)
      return;
    unit_->add_actor();
    this->home_system().inc_detached_threads();
  }

  ~pinned() override {
    if (!this->is_over()) // It could not be constructed.
      let_go_of_system();
    if (unit_)
      unit_->remove_actor();
  }

  using caf::abstract_actor::enqueue;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* unit) override {
    Base::enqueue(std::move(what), unit_ ? unit_.get() : unit);
  }

  void launch(caf::execution_unit* unit, bool lazy, bool hide) override {
    Base::launch(unit_ ? unit_.get() : unit, lazy, hide);
  }

  caf::resumable::subtype_t subtype() const override {
    return unit_ ? caf::resumable::io_actor : Base::subtype();
  }

  bool cleanup(caf::error&& why, caf::execution_unit* unit) override {
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
  [[nodiscard]] const std::shared_ptr<loop_unit>& unit() const { return unit_; }

  /// Sends this to ourselves when `delay` has passed; to nobody, if we are gone by then. On the
  /// loop's own timer: CAF's clock would keep us until then, and wake a thread to hear of it.
  template <class... Ts>
  void send_later(caf::timespan delay, const Ts&... what) {
    if (is_never(delay))
      return; // A timer keeps our memory until it is due.
    if (!unit_)
      return this->delayed_send(this, delay, what...);
    unit_->loop().post_after(delay, [this, self = caf::weak_actor_ptr{this->ctrl()}, what...] {
      if (auto alive = self.lock())
        caf::anon_send(this, what...);
    });
  }

  /// For `request`: CAF's clock, too, remembers a deadline until it is due.
  [[nodiscard]] static caf::duration answer_within(settings::duration timeout) {
    return is_never(timeout) ? caf::duration{caf::infinite} : caf::duration{timeout};
  }

  /// The result of a turn that has left something undone: there is another.
  [[nodiscard]] caf::resumable::resume_result once_more(caf::resumable::resume_result turn) {
    auto sleeps = turn == caf::resumable::awaiting_message;
    return sleeps && this->mailbox().try_unblock() ? caf::resumable::resume_later : turn;
  }

  /// To be called first in a callback of the network, and kept until its end: from there, too, this
  /// actor may send, and whom it sends to on the same loop has its turn right after. The execution
  /// unit of its last message is gone if it ran under a test's scheduler.
  [[nodiscard]] loop_unit::turn enter_from_network() {
    this->context(unit_ ? static_cast<caf::execution_unit*>(unit_.get())
                        : this->home_system().dummy_execution_unit());
    return loop_unit::turn{unit_};
  }

private:
  /// Also what is left of it, or a part of it.
  [[nodiscard]] static bool is_never(settings::duration delay) {
    return delay >= settings::forever / 4;
  }

  void let_go_of_system() {
    if (unit_)
      this->home_system().dec_detached_threads();
  }

  std::shared_ptr<loop_unit> unit_;
};

} // namespace devp2p
