// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace devp2p {

/// The place of one child of a supervision tree. Copies are the same place. Thread-safe.
class child_place {
public:
  /// Returns the child that runs; null if none does.
  [[nodiscard]] caf::strong_actor_ptr handle() const {
    const std::lock_guard lock{shared_->mutex};
    return shared_->running;
  }

  /// Sets the child that runs. For its supervision tree.
  void set(caf::strong_actor_ptr child) const {
    const std::lock_guard lock{shared_->mutex};
    shared_->running.swap(child);
  }

  /// Empties the place, unless another child runs there. For its supervision tree.
  void clear(const caf::strong_actor_ptr& child) const {
    caf::strong_actor_ptr gone; // Released after the lock.
    const std::lock_guard lock{shared_->mutex};
    if (shared_->running == child)
      shared_->running.swap(gone);
  }

private:
  struct state {
    std::mutex mutex;
    caf::strong_actor_ptr running;
  };

  std::shared_ptr<state> shared_ = std::make_shared<state>();
};

/// A child of a supervision tree, whichever actor that is at the time. For those that talk to a
/// child which may be restarted, and that are not restarted with it: they ask for its handle before
/// each message. `Handle` is the type of the child's handle, which is not checked.
///
///     current_child<node_actor> node;
///     … {.name = "node", .start = …, .place = node} …
///     if (auto now = node.get())
///       send_to(self, now, …);
///
/// A message that is sent just before the child ends is lost, as it is whenever an actor ends; a
/// request is then answered with an error. Holds no handle once the tree has ended.
template <class Handle>
class current_child : public child_place {
public:
  /// Returns the child that runs; null if none does.
  [[nodiscard]] Handle get() const { return caf::actor_cast<Handle>(handle()); }
};

} // namespace devp2p
