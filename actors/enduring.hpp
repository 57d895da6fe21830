// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/surviving.hpp"

#include <caf/attachable.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <utility>

namespace devp2p {

/// An actor that ends as it should although memory runs out meanwhile. CAF guards a message's turn,
/// but not itself: what it throws half-way would leave an actor that is neither there nor gone, or
/// end a thread. Here such an actor has another turn, until its end is complete and all that watch
/// it are told. `Base` is the actor's class.
template <class Base>
class enduring : public Base {
public:
  using Base::Base;

  caf::resumable::resume_result resume(caf::execution_unit* unit, std::size_t max) override {
    try {
      if (!is_ending())
        if (auto out = Base::resume(unit, max); !is_ending())
          return out;
      this->context(unit);
      this->finalize();
      tell_watchers(unit);
    } catch (...) {
      return caf::resumable::resume_later;
    }
    return caf::resumable::done;
  }

  bool cleanup(caf::error&& why, caf::execution_unit* unit) override {
    if (is_over())
      return false;
    this->exclusive_critical_section([this] { watchers_.swap(this->attachables_head_); });
    // Its first part refuses what we were asked. If that has failed, all else needs no memory.
    while (!is_over())
      survive([](const caf::error&) {}, [&] { Base::cleanup(std::move(why), unit); });
    tell_watchers(unit);
    return true;
  }

  /// Nobody hears of the end of an actor that never had a turn, if there is no memory for it.
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

  void tell_watchers(caf::execution_unit* unit) {
    for (; watchers_; watchers_ = std::move(watchers_->next))
      watchers_->actor_exited(this->fail_state_, unit);
  }

  /// Those that monitor us or are linked to us, and are still to be told of our end.
  caf::attachable_ptr watchers_;
};

} // namespace devp2p
