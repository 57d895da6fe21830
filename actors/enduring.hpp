// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/surviving.hpp"

#include <caf/attachable.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <exception>
#include <new>
#include <utility>

namespace devp2p {

/// An actor that ends as it should although memory runs out meanwhile. CAF guards a message's turn,
/// but not itself: what it throws half-way would leave an actor that is neither there nor gone.
/// Here such an actor has another turn, until its end is complete and all that watch it are told.
/// Who has asked it something may hear nothing then, and needs a deadline, or to watch it. `Base`
/// is the actor's class.
template <class Base>
class enduring : public Base {
public:
  using Base::Base;

  caf::resumable::resume_result resume(caf::execution_unit* unit, std::size_t max) override {
    try {
      if (!is_ending())
        // Unless it is done, it may have a turn on another thread already.
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

  bool cleanup(caf::error&& why, caf::execution_unit* unit) override {
    if (is_over())
      return false;
    // From here on, whoever begins to watch is told at once.
    this->exclusive_critical_section([&] {
      if (&why != &this->fail_state_)
        this->fail_state_ = std::move(why);
      this->setf(Base::is_terminated_flag);
      watchers_.swap(this->attachables_head_);
    });
    // CAF does not repeat the part of its own that failed. All that comes after needs no memory.
    auto nothing = [](const caf::error&) {};
    while (!is_over())
      survive(nothing, [&] { Base::cleanup(std::move(this->fail_state_), unit); });
    tell_watchers(unit);
    return true;
  }

  /// An actor that never had a turn may end here. If there is no memory to tell of it, its watchers
  /// are not told.
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

  void end(caf::execution_unit* unit) {
    try {
      this->finalize();
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {
      cleanup(std::move(this->fail_state_), unit); // `on_exit` has failed, and has had its turn.
    }
    tell_watchers(unit);
  }

  void tell_watchers(caf::execution_unit* unit) {
    for (; watchers_; watchers_ = std::move(watchers_->next))
      try {
        watchers_->actor_exited(this->fail_state_, unit);
      } catch (const std::bad_alloc&) {
        throw;
      } catch (...) {
        continue; // A function of the application's own, that was attached to us.
      }
  }

  /// Monitors and links that are still to be told of our end.
  caf::attachable_ptr watchers_;
};

} // namespace devp2p
