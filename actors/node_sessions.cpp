// SPDX-License-Identifier: BSL-1.0
//
// The sessions of a node: it does what its `session_table` decides.
#include "devp2p/actors/node_behavior.hpp"
#include "devp2p/actors/supervisor.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/send.hpp>

#include <exception>
#include <utility>
#include <variant>

namespace devp2p {

/// Returns null if there is no memory for a session. The connection is then closed.
node::session* node::open_session(shared_stream stream, const std::optional<node_id>& dialled) {
  supervisor_actor handle;
  try {
    const auto remote = stream->remote();
    auto unit = units_.of(stream->loop(), home_system());
    auto pinged = pinged_on(stream->loop());
    // The stream is moved, not shared: its last reference must be released on its own loop.
    handle = home_system().spawn<supervisor>(std::move(unit), config_, node_self_actor{this},
                                             std::move(pinged), std::move(stream), dialled);
    supervisors_.emplace(handle.id(), handle);
    auto& out = sessions_.open(handle.id(), remote, dialled, clock().now());
    monitor(handle);
    return &out;
  } catch (...) {
    on_failure(error_of(std::current_exception(), errc::callback_failed));
    if (!handle)
      return nullptr;
    sessions_.forget(handle.id());
    supervisors_.erase(handle.id());
    caf::anon_send_exit(handle, caf::exit_reason::kill);
    return nullptr;
  }
}

/// Returns the sessions that run on `loop`, which may be null.
std::shared_ptr<pinged_sessions> node::pinged_on(net::loop* loop) {
  auto& out = pinged_[loop];
  if (!out)
    out = std::make_shared<pinged_sessions>(home_system(), units_.of(loop, home_system()),
                                            config_->limits.ping_interval);
  return out;
}

/// Returns null if that actor is not the supervisor of a session.
node::session* node::session_of(const caf::actor_addr& supervisor) {
  auto i = supervisor ? supervisors_.find(supervisor.id()) : supervisors_.end();
  // An actor in another process may have the same number.
  return i != supervisors_.end() && i->second.address() == supervisor ? sessions_.find(i->first)
                                                                      : nullptr;
}

node::session* node::current_session() {
  return session_of(caf::actor_cast<caf::actor_addr>(current_sender()));
}

caf::result<void> node::admit(const node_id& id) {
  auto* session = current_session();
  if (!session || stopping_)
    return caf::make_error(errc::shutting_down);
  if (auto banned = refused_by_ban(id, session->remote)) {
    if (!session->is_ours())
      session->id = id; // For the event.
    return banned;
  }
  auto outcome = sessions_.greet(*session, id);
  if (const auto* refused = std::get_if<session_table::refusal>(&outcome))
    return to_error(*refused);
  if (const auto* waits = std::get_if<session_table::greeting_waits>(&outcome)) {
    send_later(config_->limits.handshake_timeout / 2, tick_atom_v, id, waits->on);
    auto& held = callers_.held(session->number);
    return held = make_response_promise();
  }
  const auto& goes_on = std::get<session_table::greeting_goes_on>(outcome);
  if (goes_on.replaced)
    dials_.erase(*goes_on.replaced);
  if (goes_on.stranger && hook_)
    return ask_about(*session);
  return caf::unit;
}

caf::result<void> node::admit(const peer_info&) {
  auto* session = current_session();
  if (!session || stopping_)
    return caf::make_error(errc::shutting_down);
  // Banned meanwhile. The supervisor, which has been told, may have asked before.
  if (auto banned = ban_of(session->id, session->remote))
    return banned;
  auto outcome = sessions_.admit(*session);
  if (const auto* refused = std::get_if<session_table::refusal>(&outcome))
    return to_error(*refused);
  if (auto loser = std::get<session_table::admitted>(outcome).loser)
    lose_slot(*loser, caf::make_error(errc::too_many_peers,
                                      "its place was given to a source that has fewer"));
  return caf::unit;
}

void node::on_running(peer_info& peer) {
  auto* session = current_session();
  if (!session)
    return;
  try {
    if (!sessions_.run(*session))
      return;
    release(session->id, caf::make_error(errc::already_connected));
    peer.trusted = sessions_.is_trusted(peer.id);
    if (config_->log)
      config_->log->info("session with {} at {} ({}) runs: {}", peer.id.brief(),
                         to_string(peer.remote), peer.inbound ? "inbound" : "outbound",
                         printable(peer.greeting.client_id));
    subscribers_.tell(peer_added{peer});
    if (auto caller = std::exchange(session->caller, std::nullopt))
      deliver(callers_.take_dial(*caller), std::move(peer));
  } catch (...) {
    send_to(this, supervisors_.at(session->number), failed_atom_v,
            error_of(std::current_exception(), errc::callback_failed));
    throw;
  }
  admit_waiting();
}

void node::on_session_end(peer_dropped& over, const caf::error& why) {
  auto* session = current_session();
  if (!session)
    return;
  end_session(*session, std::move(over), why);
  if (auto oldest = sessions_.linger(*session))
    send_exit(supervisors_.at(*oldest), caf::exit_reason::kill);
  admit_waiting();
}

void node::end_session(session& which, peer_dropped over, const caf::error& why) {
  auto ran = which.at == session_table::stage::running;
  free_slot(which);
  over.id = which.id;
  over.remote = which.remote;
  over.inbound = which.inbound;
  if (ran)
    subscribers_.tell(over);
  else
    subscribers_.tell(session_failed{over.id, over.remote, over.inbound, std::move(over.end)});
  answer_dial(which, why);
  answer_all(which, why);
}

/// Frees all that a session holds in the table, in any stage.
void node::free_slot(session& which) {
  sessions_.end(which);
  callers_.take_held(which.number); // The supervisor does not wait any longer.
  asked_.erase(which.number);
  release(which.id, {});
}

/// Lets inbound sessions go on that waited for the end of our dial. A non-empty `refusal` refuses
/// them.
void node::release(const node_id& id, const caf::error& refusal) {
  while (auto next = sessions_.next_released(id)) {
    auto supervisor = callers_.take_held(*next);
    if (refusal)
      deliver(std::move(supervisor), refusal);
    else
      deliver(std::move(supervisor), caf::unit);
  }
}

/// Answers the caller that dialled. Another session with the same node serves as well.
void node::answer_dial(session& over, const caf::error& why) {
  auto then = sessions_.pass_on_caller(over);
  if (then.unanswered)
    deliver(callers_.take_dial(*then.unanswered), why);
  else if (then.by)
    answer_from(*then.by, then.caller);
}

/// Answers the callers that wait for this session to run or to end.
void node::answer_all(session& over, const caf::error& why) {
  if (auto caller = std::exchange(over.caller, std::nullopt))
    deliver(callers_.take_dial(*caller), why);
  callers_.on_closed(over.number);
}

/// Answers a dial with the information of a running session, unless another session answers it by
/// then.
void node::answer_from(const session& running, dial_number caller) {
  auto take = [this, id = running.id, number = running.number, caller] {
    return sessions_.on_answered(id, number, caller) ? callers_.take_dial(caller)
                                                     : node_callers::dial_promise{};
  };
  auto on_info = [this, take](peer_info& x) {
    x.trusted = sessions_.is_trusted(x.id);
    deliver(take(), std::move(x));
  };
  request_from(this, supervisors_.at(running.number),
               answer_within(config_->limits.disconnect_timeout), info_atom_v)
    .then(on_info, [take](caf::error& why) { deliver(take(), std::move(why)); });
}

void node::on_down(const caf::down_msg& down) {
  if (system_end_.is(down.source))
    return end_at_once();
  subscribers_.remove(down.source);
  ports_.watchers.remove(down.source);
  if (ports_.mapper && ports_.mapper.address() == down.source) {
    ports_.mapper = nullptr;
    ports_.external.clear();
    return end_if_done();
  }
  auto* gone = session_of(down.source);
  if (!gone)
    return;
  auto nothing = [](const caf::error&) {};
  // A supervisor that was killed could not report its end.
  if (gone->at != session_table::stage::over)
    survive(nothing, [&] {
      auto phase = gone->at == session_table::stage::running ? session_phase::running
                                                             : session_phase::handshake;
      peer_dropped over;
      over.end = reason_for(culprit::supervisor, down.reason, phase);
      end_session(*gone, std::move(over), down.reason);
    });
  // Frees what the session still holds, if the report failed.
  survive(nothing, [&] { free_slot(*gone); });
  answer_all(*gone, down.reason);
  supervisors_.erase(gone->number);
  sessions_.forget(gone->number);
  admit_waiting();
  end_if_done();
}

caf::result<void> node::close(const node_id& id, disconnect_reason reason) {
  const auto* peer = sessions_.peer(id);
  if (!peer)
    return caf::make_error(errc::no_such_peer, id.brief());
  const auto& supervisor = supervisors_.at(peer->number);
  // A sender that made no request gets no response. It would receive an empty message, which CAF
  // treats as unexpected.
  if (!current_mailbox_element()->mid.is_request()) {
    send_to(this, supervisor, close_atom_v, reason);
    return caf::unit;
  }
  auto& caller = callers_.closing(peer->number);
  send_to(this, supervisor, close_atom_v, reason);
  return caller = make_response_promise();
}

/// Ends our own dial if an inbound session has waited for it long enough.
void node::prefer_inbound(const node_id& id, dial_number dial) {
  if (auto ours = sessions_.outwaited_by(id, dial))
    send_to(this, supervisors_.at(*ours), close_atom_v, disconnect_reason::already_connected);
}

} // namespace devp2p
