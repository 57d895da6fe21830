// SPDX-License-Identifier: BSL-1.0
//
// The end of a session: its verdict, and the children that do not end in time.
#include "devp2p/actors/supervisor.hpp"

#include "devp2p/messages/caf.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <utility>

namespace devp2p {

/// Ends the session because the supervisor itself has failed.
void supervisor::on_failure(caf::error why) {
  if (!why)
    why = errc::out_of_memory;
  auto in_order = false;
  auto nothing = [](const caf::error&) {};
  if (phase_ < session_phase::closing)
    survive(nothing, [&] {
      end(culprit::supervisor, why);
      in_order = true;
    });
  // If the session cannot be ended in order, `on_exit` kills the children, and the node monitors
  // the supervisor.
  if (!in_order)
    quit(std::move(why));
}

void supervisor::end(culprit who, caf::error why) {
  if (phase_ >= session_phase::closing)
    return;
  auto verdict = reason_for(who, why, phase_);
  end(std::move(verdict), std::move(why));
}

void supervisor::end(session_end verdict, caf::error why) {
  phase_ = session_phase::closing;
  log(verdict);
  for (const auto& x : children_)
    if (x.role != culprit::peer)
      send_exit(caf::actor_cast<caf::actor>(x.handle), caf::make_error(errc::session_closed));
  if (verdict.sent)
    send_to(this, peer_, close_atom_v, verdict.reason);
  else
    send_to(this, peer_, close_atom_v);
  send_to(this, owner_, report(std::move(verdict)), std::move(why));
  send_later(node_->limits.handler_timeout, tick_atom_v, session_phase::gone);
}

/// Returns what the node is told of the end. The peer is not asked: it may be gone, and the slot
/// must be free at once.
peer_dropped supervisor::report(session_end verdict) const {
  peer_dropped out{info_.id, info_.remote, info_.inbound, std::move(verdict)};
  if (!counts_)
    return out;
  out.lasted = clock().now() - since_;
  out.ping = counts_->ping();
  // The end itself must be told, also if there is no memory for the counters.
  survive([](const caf::error&) {},
          [&] {
            auto protocols = shared_.describe();
            for (std::size_t i = 0; i < protocols.size(); ++i)
              protocols[i].counts = (*counts_)[i].read();
            out.protocols = std::move(protocols);
          });
  return out;
}

void supervisor::log(const session_end& verdict) const {
  if (!node_->log)
    return;
  // An operator should know that memory is scarce, and who has it.
  auto level =
    verdict.code == errc::memory_budget_exceeded ? spdlog::level::warn : spdlog::level::info;
  node_->log->log(level, "session with {} ({}) ended by {}: {} ({})", remote_name(),
                  info_.inbound ? "inbound" : "outbound",
                  verdict.remote_requested ? "the remote" : "us", to_string(verdict.reason),
                  verdict.error);
}

std::string supervisor::remote_name() const {
  return (info_.id.is_zero() ? "an unknown node" : info_.id.brief()) + " at " +
         to_string(info_.remote);
}

void supervisor::on_deadline(session_phase phase) {
  if (phase == session_phase::running) {
    if (phase_ < session_phase::running)
      end(culprit::peer, errc::handshake_timeout);
    return;
  }
  if (phase_ < session_phase::closing)
    return; // The message was sent by another actor.
  auto is_peer = [](const child& x) { return x.role == culprit::peer; };
  auto only_peer = std::all_of(children_.begin(), children_.end(), is_peer);
  switch (overdue_.on_deadline(only_peer)) {
  case overdue::action::wait_for_peer:
    return send_later(node_->limits.disconnect_timeout + node_->limits.linger_timeout, tick_atom_v,
                      session_phase::gone);
  case overdue::action::give_up:
    return quit(caf::make_error(errc::out_of_memory));
  case overdue::action::kill:
    return end_late(false);
  case overdue::action::leave_behind:
    return end_late(true);
  }
}

/// Kills all children but the peer. Leaves them behind if they were killed before.
void supervisor::end_late(bool again) {
  auto late = std::partition(children_.begin(), children_.end(),
                             [](const child& x) { return x.role == culprit::peer; });
  for (auto i = late; i != children_.end(); ++i) {
    kill(*i);
    if (node_->log)
      node_->log->warn("{} of the session with {} {}", name_of(*i), remote_name(),
                       again ? "does not end even now, and is left behind"
                             : "did not end in time, and is killed");
  }
  if (again)
    children_.erase(late, children_.end());
  if (children_.empty())
    return quit();
  send_later(node_->limits.handler_timeout, tick_atom_v, session_phase::gone);
}

} // namespace devp2p
