// SPDX-License-Identifier: BSL-1.0
//
// The end of the peer: failures, the goodbye, and deadlines.
#include "devp2p/actors/peer.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <caf/send.hpp>

#include <utility>

namespace devp2p {

void peer::fail_network(errc why) {
  if (life_.on_network_failure() == peer_life::consequence::finish)
    finish();
  else
    fail(why);
}

/// Fails without writing any more: the exception may have left any part of the state unfinished.
void peer::fail_at_once(caf::error why) {
  auto follows = life_.on_exception();
  // Frees memory first, for the message to the supervisor.
  drop_input();
  outbox_.release();
  if (follows == peer_life::consequence::finish)
    finish();
  else
    fail(why ? std::move(why) : caf::make_error(errc::out_of_memory));
}

/// Tells the supervisor, which then says how to end.
void peer::fail(caf::error why) {
  if (life_.has_failed())
    return;
  anon_send_to(supervisor_, failed_atom_v, std::move(why));
  life_.enter(phase::failed);
}

void peer::close(std::optional<disconnect_reason> reason) {
  if (!life_.on_close())
    return;
  end_pings();
  if (life_.is(phase::admission) && reason)
    open_session(); // A refusal is sealed, too.
  refuse_writes();
  drop_input();
  if (life_.is_broken() || !session_ || !reason || must_end_at_once())
    return finish();
  farewell_ = *reason;
  life_.enter(phase::closing);
  set_deadline(node_->limits.disconnect_timeout);
}

/// Waits for the remote to read the Disconnect and to close.
void peer::linger() {
  stream_->shutdown_write();
  life_.enter(phase::lingering);
  set_deadline(node_->limits.linger_timeout);
  discard();
}

void peer::finish() {
  life_.enter(phase::gone);
  release();
  // An actor cannot quit in a callback of the network.
  caf::anon_send_exit(this, caf::exit_reason::user_shutdown);
}

/// Releases all resources: timers and handlers may still hold a reference to this actor for a
/// while.
void peer::release() {
  end_pings();
  stream_.reset();
  refuse_writes();
  handshake_.reset();
  session_.reset();
  drop_input();
  outbox_.release();
  if (pending_writes_)
    pending_writes_->close();
  if (account_)
    account_->close();
}

void peer::end_pings() {
  if (auto which = std::exchange(pinged_as_, 0))
    pinged_->remove(which);
}

void peer::set_deadline(caf::timespan delay) {
  send_later(delay, tick_atom_v, life_.set_deadline());
}

void peer::on_deadline(std::uint64_t deadline) {
  if (deadline == write_deadline)
    on_write_deadline();
  else if (deadline == memory_look)
    look_for_memory();
  else if (life_.is_over_at(deadline))
    finish();
}

} // namespace devp2p
