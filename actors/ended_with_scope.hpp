// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>

#include <future>
#include <memory>

namespace devp2p {

/// Ends an actor with a scope: a node, a mapper, a host of handlers. The destructor sends it an
/// exit message and waits until it has ended, which for a node includes its sessions. Functions
/// that were attached to the actor before this was constructed may still run then.
///
/// An actor must not destroy it. The actor system must outlive it.
class ended_with_scope {
public:
  template <class Handle>
  explicit ended_with_scope(const Handle& who)
    : who_(caf::actor_cast<caf::strong_actor_ptr>(who)),
      ended_(std::make_shared<std::promise<void>>()) {
    who->attach_functor([ended = ended_](const caf::error&) { ended->set_value(); });
  }
  ended_with_scope(const ended_with_scope&) = delete;
  ended_with_scope& operator=(const ended_with_scope&) = delete;
  ~ended_with_scope();

private:
  caf::strong_actor_ptr who_;
  std::shared_ptr<std::promise<void>> ended_;
};

} // namespace devp2p
