// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/lasting.hpp"
#include "devp2p/actors/thrown.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/attachable.hpp>
#include <caf/error.hpp>
#include <caf/resumable.hpp>

#include <exception>
#include <new>
#include <utility>

namespace devp2p {

/// An actor that ends in good order even if memory runs out meanwhile. CAF catches the exceptions
/// of message handlers, but not its own; one of those would leave an actor that neither lives nor
/// has ended. Here such an actor has another turn, until its end is complete and all actors that
/// monitor it or are linked to it are told. A caller may then receive no answer to its request: it
/// needs a deadline, or must monitor the actor. `Base` is the actor's class.
template <class Base>
class enduring : public lasting<Base> {
public:
  using lasting<Base>::lasting;

  caf::resumable::resume_result resume(execution_unit* unit, std::size_t max) override {
    try {
      if (!is_ending())
        // An actor that is not done may already have a turn on another thread.
        if (auto out = Base::resume(unit, max); out != caf::resumable::done)
          return out;
      this->context(unit);
      end(unit);
      return caf::resumable::done;
    } catch (const std::bad_alloc&) {
      return caf::resumable::resume_later;
    } catch (...) {
      this->quit(error_of(std::current_exception(), errc::callback_failed));
      return caf::resumable::resume_later;
    }
  }

  bool cleanup(caf::error&& why, execution_unit* unit) override {
    if (is_over())
      return false;
    // From here on, an actor that begins to monitor this one is told at once.
    this->exclusive_critical_section([&] {
      if (&why != &this->fail_state_)
        this->fail_state_ = std::move(why);
      this->setf(Base::is_terminated_flag);
      watchers_.swap(this->attachables_head_);
    });
    // CAF does not repeat the step that failed. All later steps need no memory.
    auto nothing = [](const caf::error&) {};
    while (!is_over())
      survive(nothing, [&] { lasting<Base>::cleanup(std::move(this->fail_state_), unit); });
    tell_watchers(unit);
    return true;
  }

  /// Ends an actor that never had a turn. If there is no memory to tell its watchers, they are not
  /// told.
  void on_destroy() override {
    try {
      Base::on_destroy();
    } catch (...) {
      this->unregister_from_system();
    }
  }

protected:
  [[nodiscard]] bool is_over() const { return this->getf(Base::is_cleaned_up_flag); }

private:
  [[nodiscard]] bool is_ending() const {
    return this->getf(Base::is_initialized_flag | Base::is_shutting_down_flag) && !this->alive();
  }

  void end(execution_unit* unit) {
    try {
      this->finalize();
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {
      cleanup(std::move(this->fail_state_), unit); // `on_exit` has thrown; it is not called again.
    }
    tell_watchers(unit);
  }

  void tell_watchers(execution_unit* unit) {
    for (; watchers_; watchers_ = std::move(watchers_->next))
      try {
        watchers_->actor_exited(this->fail_state_, unit);
      } catch (const std::bad_alloc&) {
        throw;
      } catch (...) {
        continue; // A function that the application attached to this actor has thrown.
      }
  }

  /// The monitors and links that are still to be told of the actor's end.
  caf::attachable_ptr watchers_;
};

} // namespace devp2p
