// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/reporting.hpp"

#include "devp2p/actors/loop_unit.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/session.hpp"

#include <caf/actor_cast.hpp>

#include <new>

namespace devp2p::detail {

loop_unit* loop_of(const channel& link) {
  return link.loop.get();
}

session_tie::session_tie(const channel& link)
  : peer_(link.writer),
    watcher_(caf::actor_cast<caf::weak_actor_ptr>(link.writer)),
    loop_(link.loop),
    index_(link.place.index) {
  if (loop_)
    loop_->add_actor();
}

session_tie::~session_tie() {
  if (loop_)
    loop_->remove_actor();
}

execution_unit* session_tie::loop_or(execution_unit* other) const {
  return loop_ ? loop_.get() : other;
}

void session_tie::report(std::size_t unhandled) {
  auto peer = caf::actor_cast<peer_actor>(std::exchange(peer_, nullptr));
  if (unhandled > 0)
    try {
      anon_send_to(peer, failed_atom_v, index_, std::uint64_t{unhandled});
    } catch (const std::bad_alloc&) {
      return;
    }
}

bool session_tie::report_stuck(bool on_loop) const noexcept {
  try {
    if (auto peer = watcher_.lock())
      anon_send_to(caf::actor_cast<peer_actor>(peer), stalled_atom_v, index_, on_loop);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

} // namespace devp2p::detail
