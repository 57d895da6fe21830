// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/ended_with_scope.hpp"

#include "devp2p/messages/caf.hpp"

#include <caf/actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <new>
#include <thread>

namespace devp2p {

namespace {

/// Returns whether there was memory for the message.
bool tell_to_end(const caf::strong_actor_ptr& who) {
  try {
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

} // namespace

ended_with_scope::~ended_with_scope() {
  // Without the message, the wait would never end.
  while (!tell_to_end(who_))
    std::this_thread::yield();
  ended_->get_future().wait();
}

} // namespace devp2p
