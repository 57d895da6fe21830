// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/pinned.hpp"

#include <caf/local_actor.hpp>
#include <caf/resumable.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace devp2p {

/// An actor of which there are many, and which all have one behavior: a behavior of its own would
/// cost each half a kilobyte. `Actor` is the actor's class, and `Base` the `base` of its typed
/// interface.
///
/// The functions of the behavior capture nothing, and act on `self`. Any thread may call them.
template <class Actor, class Base>
class uniform : public pinned<Base> {
public:
  using pinned<Base>::pinned;

  caf::resumable::resume_result resume(execution_unit* unit, std::size_t max) override {
    turn now{static_cast<Actor*>(this)};
    return pinned<Base>::resume(unit, max);
  }

protected:
  /// Stands for the actor that has its turn on this thread, which is the only one to call its
  /// behavior.
  struct in_turn {
    Actor& operator*() const { return *current_; }
    Actor* operator->() const { return current_; }
    /// For functions that take any actor.
    operator caf::local_actor*() const { return current_; }
  };
  static constexpr in_turn self{};

private:
  class turn {
  public:
    explicit turn(Actor* next) : before_(std::exchange(current_, next)) {}
    ~turn() { current_ = before_; }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

  private:
    Actor* const before_;
  };

  static inline constinit thread_local Actor* current_ = nullptr;
};

} // namespace devp2p
