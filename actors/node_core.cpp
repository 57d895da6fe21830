// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/node_core.hpp"

#include "devp2p/actors/mapper.hpp"
#include "devp2p/actors/self_description.hpp"
#include "devp2p/actors/supervisor.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

namespace devp2p {

node_core::node_core(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                     net::network& network, std::shared_ptr<const node_config> settings)
  : pinned(config, std::move(unit)),
    network_(network),
    config_(std::move(settings)),
    self_(config_->key.id()),
    peers_(self_, config_->limits, config_->trusted) {}

node_core::behavior_type node_core::make_behavior() {
  alive_ = this;
  system_end_.watch(this);
  set_down_handler([this](const caf::down_msg& down) {
    survive([this](const caf::error& why) { on_failure(why); }, [&] { on_down(down); });
  });
  set_exit_handler([this](const caf::exit_msg&) {
    survive([this](const caf::error& why) { on_failure(why); }, [this] { shut_down(); });
  });
  // A refusal by a supervisor that is ending is no failure of the node.
  set_error_handler([](const caf::error&) {});
  return surviving<behavior_type>(
    this, [](auto& self, const caf::error& why) { self.on_failure(why); },
    [this](listen_atom, const endpoint& at) { return listen(at); },
    [this](dial_atom, const enode& target) { return dial(target); },
    [this](adopt_atom, const node_id& id, const connected_stream& x) { return adopt(id, x); },
    [this](close_atom, const node_id& id, disconnect_reason reason) { return close(id, reason); },
    [this](peers_atom) { return tell_peers(); }, [this](info_atom) { return tell_node(); },
    [this](subscribe_atom, const subscriber_actor& who) {
      return answer_to(subscribers_.add(this, who));
    },
    [this](subscribe_atom, const mapping_subscriber_actor& who) {
      return answer_to(mapping_subscribers_.add(this, who));
    },
    [this](accept_atom, std::size_t index, shared_stream& x) { on_accepted(index, std::move(x)); },
    [this](accept_atom, std::size_t index, const caf::error& x) {
      if (index < listeners_.size())
        listeners_[index].end_call();
      on_accept_failed(index, x);
    },
    [this](dial_atom, std::uint64_t number, shared_stream& x) { on_dialled(number, std::move(x)); },
    [this](dial_atom, std::uint64_t number, const caf::error& x) { on_dial_failed(number, x); },
    [this](admit_atom, const node_id& id) { return admit(id); },
    [this](admit_atom, const peer_info& peer) { return admit(peer); },
    [this](peer_info& peer) { on_running(peer); },
    [this](session_end& end, const caf::error& why) { on_session_end(end, why); },
    [this](const message_event& what) {
      if (running_.contains(what.id)) // Subscribers know others as over.
        subscribers_.tell(what);
    },
    [this](tick_atom, std::uint64_t dial) { on_dial_failed(dial, errc::dial_timeout); },
    [this](tick_atom, const node_id& id, std::uint64_t dial) { prefer_inbound(id, dial); },
    [this](accept_atom, std::size_t index) {
      if (index < listeners_.size())
        listeners_[index].end_pause();
      accept(index);
    },
    [this](resume_atom) { look_again(); },
    [this](const port_mapped& x) {
      is_reached(x.mapping);
      mapping_subscribers_.tell(x);
    },
    [this](const port_renewed& x) { mapping_subscribers_.tell(x); },
    [this](const port_lost& x) {
      external_.erase(x.mapping.internal);
      mapping_subscribers_.tell(x);
    },
    [this](const external_changed& x) {
      is_reached(x.mapping);
      mapping_subscribers_.tell(x);
    },
    [this](const mapping_failed& x) { mapping_subscribers_.tell(x); });
}

void node_core::on_failure(const caf::error& why) {
  auto nothing = [](const caf::error&) {};
  survive(nothing, [&] {
    if (config_->log)
      config_->log->warn("{}: what was asked for is dropped, and all else goes on",
                         why ? describe(why) : "out of memory");
  });
}

/// Asks listeners again that could not be asked for want of memory: until asked, a listener accepts
/// no connection.
caf::resumable::resume_result node_core::resume(caf::execution_unit* unit,
                                                std::size_t max_throughput) {
  auto result = pinned::resume(unit, max_throughput);
  survive([&](const caf::error&) { result = once_more(result); }, [this] { accept_again(); });
  return result;
}

void node_core::on_exit() {
  // After `kill` the sessions still exist. They notice the end because they monitor the node.
  // Callers that wait for an answer would not notice.
  auto refuse = [](auto& promise) {
    survive([](const caf::error&) {},
            [&] { promise.deliver(caf::make_error(errc::shutting_down)); });
  };
  for (auto& [number, dial] : dials_)
    refuse(dial.answer);
  for (auto& [address, session] : sessions_) {
    refuse(session.dialled);
    for (auto& x : session.closed)
      refuse(x);
  }
  for (auto& x : gatherings_)
    refuse(x->answer);
  for (auto& [number, answer] : asked_)
    refuse(answer);
  gatherings_.clear();
  asked_.clear();
  listeners_.clear();
  accepted_.clear();
  waiting_ = {};
  pending_ = {};
  lingering_ = {};
  dials_.clear();
  running_.clear();
  greeted_.clear();
  dialling_.clear();
  sessions_.clear();
  subscribers_.clear(this);
  mapping_subscribers_.clear(this);
  system_end_.forget(this);
  if (mapper_)
    survive([](const caf::error&) {},
            [this] { caf::anon_send_exit(mapper_, caf::exit_reason::kill); });
  mapper_ = nullptr;
  alive_ = nullptr;
}

// Sessions.

std::shared_ptr<loop_unit> node_core::unit_of(const net::stream& stream) {
  if (stream.loop() == nullptr)
    return nullptr;
  if (unit() && stream.loop() == &unit()->loop())
    return unit();
  auto& other = units_[stream.loop()];
  if (!other)
    other = std::make_shared<loop_unit>(home_system(), *stream.loop());
  return other;
}

/// Returns null if there is no memory for a session. The connection is then closed.
node_core::session* node_core::open_session(shared_stream stream, std::optional<node_id> dialled) {
  supervisor_actor handle;
  try {
    return &open_session(std::move(stream), dialled, handle);
  } catch (...) {
    on_failure(error_of(std::current_exception(), errc::callback_failed));
    if (!handle)
      return nullptr;
    pending_.remove(handle.address());
    sessions_.erase(handle.address());
    caf::anon_send_exit(handle, caf::exit_reason::kill);
    return nullptr;
  }
}

/// Sets `handle` as soon as there is a supervisor that the caller must end on failure.
node_core::session& node_core::open_session(shared_stream stream, std::optional<node_id> dialled,
                                            supervisor_actor& handle) {
  session out;
  out.remote = stream->remote();
  out.since = clock().now();
  out.inbound = !dialled;
  if (dialled)
    out.id = *dialled;
  auto unit = unit_of(*stream);
  // The stream is moved, not shared: its last reference must be released on its own loop.
  handle = home_system().spawn<supervisor>(std::move(unit), config_, node_core_actor{this},
                                           std::move(stream), dialled);
  out.handle = handle;
  auto address = handle.address();
  if (out.inbound)
    pending_.add(address, source_of(out));
  auto& session = sessions_.emplace(address, std::move(out)).first->second;
  monitor(handle);
  return session;
}

void node_core::leave_opening(session& from, session_phase to) {
  if (from.phase >= session_phase::running)
    return;
  from.phase = to;
  if (from.is_ours()) {
    dialling_.erase(from.id);
    return end_wait(from.id, to == session_phase::running ? caf::make_error(errc::already_connected)
                                                          : caf::error{});
  }
  pending_.remove(from.handle.address());
  auto [first, last] = greeted_.equal_range(from.id);
  if (auto i = std::find_if(first, last, [&](const auto& x) { return x.second.which == &from; });
      i != last)
    greeted_.erase(i);
}

/// Frees the slot of a session in any phase.
void node_core::stop_counting(session& from) {
  leave_opening(from, session_phase::closing);
  if (std::exchange(from.phase, session_phase::closing) == session_phase::running)
    running_.erase(&from);
  if (std::exchange(from.admitted, false))
    peers_.remove(from.id);
}

caf::actor_addr node_core::current_sender_address() {
  return caf::actor_cast<caf::actor_addr>(current_sender());
}

source node_core::source_of(const endpoint& remote) const {
  return nat::to_source(remote.host, config_->limits.source_bits_ipv4,
                        config_->limits.source_bits_ipv6);
}

caf::result<void> node_core::admit(const node_id& id) {
  auto i = current_session();
  if (i == sessions_.end() || i->second.phase >= session_phase::running || stopping_)
    return caf::make_error(errc::shutting_down);
  auto& session = i->second;
  if (session.adopted && session.id != id)
    return caf::make_error(errc::unexpected_identity, id.brief());
  session.id = id;
  auto why = peers_.refuses(id, !session.is_ours());
  // A remote that may take the place of another first has to show that it is useful.
  if (why && !(why == errc::too_many_peers && !session.is_ours() &&
               peers_.displaced_by(source_of(session))))
    return caf::make_error(*why);
  // A displaced session is no longer a peer, but may not have noticed yet.
  if (running_.contains(id))
    return caf::make_error(errc::already_connected);
  if (session.is_ours())
    return caf::unit;
  auto& greeted = greeted_.emplace(id, greeted_session{&session})->second;
  if (!must_wait(session))
    return caf::unit;
  send_later(config_->limits.handshake_timeout / 2, tick_atom::value, id, dialling_.at(id).number);
  return greeted.held = make_response_promise();
}

/// Returns true if an inbound session must wait for the outcome of our own dial to the same node.
///
/// If both connections exist, the one that the node with the larger id dialled goes first. That
/// node lets the other connection wait until its own runs or has failed. The node with the smaller
/// id lets both go on. Before our own connection exists, the inbound one takes the place of our
/// dial.
bool node_core::must_wait(session& inbound) {
  auto ours = dialling_.find(inbound.id);
  if (ours == dialling_.end())
    return false;
  if (ours->second.connected != nullptr)
    return self_ > inbound.id;
  auto dial = dials_.find(ours->second.number);
  inbound.dialled = std::move(dial->second.answer);
  pending_.remove(inbound.handle.address()); // A dial of ours keeps its place.
  dials_.erase(dial);
  dialling_.erase(ours);
  return false;
}

/// Lets inbound sessions go on that wait for the end of our dial. A non-empty `outcome` refuses
/// them.
void node_core::end_wait(const node_id& id, const caf::error& outcome) {
  auto [first, last] = greeted_.equal_range(id);
  for (auto i = first; i != last; ++i)
    if (auto waits = std::exchange(i->second.held, {}); waits.pending()) {
      if (outcome)
        waits.deliver(outcome);
      else
        waits.deliver(caf::unit);
    }
}

/// Closes our own connection, which may go to a stale address and has had its time, if an inbound
/// one waits for it. A remote that has proved its identity there need not wait until our deadline.
void node_core::prefer_inbound(const node_id& id, std::uint64_t dial) {
  auto ours = dialling_.find(id);
  // After admission, only the spawning of handlers is left before the session runs.
  if (ours == dialling_.end() || ours->second.number != dial || ours->second.connected == nullptr ||
      ours->second.connected->admitted)
    return;
  auto [first, last] = greeted_.equal_range(id);
  if (std::any_of(first, last, [](const auto& x) { return x.second.held.pending(); }))
    send(ours->second.connected->handle, close_atom::value, disconnect_reason::already_connected);
}

caf::result<void> node_core::admit(const peer_info& peer) {
  auto i = current_session();
  // A session that is over is not admitted, or its slot would never be freed.
  if (i == sessions_.end() || i->second.phase >= session_phase::running || stopping_)
    return caf::make_error(errc::shutting_down);
  auto& session = i->second;
  // An inbound session that takes the place of a dial of ours does not count against the limit.
  auto inbound = session.inbound && !session.dialled.pending();
  auto why = peers_.refuses(peer.id, inbound);
  std::optional<node_id> loser;
  if (inbound && why == errc::too_many_peers)
    if (loser = peers_.displaced_by(source_of(session)); loser)
      why = peers_.refuses(peer.id, inbound, true);
  if (why)
    return caf::make_error(*why);
  if (running_.contains(peer.id))
    return caf::make_error(errc::already_connected);
  if (loser)
    displace(*loser);
  peers_.add(peer.id, inbound, source_of(session));
  session.admitted = true;
  return caf::unit;
}

/// Ends the session with that node. Its place is free at once.
void node_core::displace(const node_id& id) {
  auto found = std::find_if(sessions_.begin(), sessions_.end(),
                            [&](const auto& x) { return x.second.admitted && x.second.id == id; });
  if (found != sessions_.end()) {
    send(found->second.handle, failed_atom::value,
         caf::make_error(errc::too_many_peers, "its place goes to a source that has fewer"));
    found->second.admitted = false;
  }
  peers_.remove(id);
}

void node_core::on_running(peer_info& peer) {
  auto i = current_session();
  // A session that has lost its place meanwhile has been told.
  if (i == sessions_.end() || i->second.phase >= session_phase::running || !i->second.admitted)
    return;
  try {
    count_running(i->second, peer);
  } catch (...) {
    send(i->second.handle, failed_atom::value,
         error_of(std::current_exception(), errc::callback_failed));
    throw;
  }
  admit_waiting();
}

void node_core::count_running(session& which, peer_info& peer) {
  running_.insert(&which);
  leave_opening(which, session_phase::running);
  peer.trusted = peers_.is_trusted(peer.id);
  if (config_->log)
    config_->log->info("session with {} at {} ({}) runs: {}", peer.id.brief(),
                       to_string(peer.remote), peer.inbound ? "inbound" : "outbound",
                       printable(peer.greeting.client_id));
  subscribers_.tell(peer_added{peer});
  std::exchange(which.dialled, {}).deliver(std::move(peer));
}

void node_core::on_session_end(session_end& end, const caf::error& why) {
  auto i = current_session();
  if (i == sessions_.end())
    return;
  end_session(i->second, std::move(end), why);
  if (!lingering_.contains(i->first))
    lingering_.add(i->first, source_of(i->second));
  if (lingering_.size() > config_->limits.max_lingering) {
    auto oldest = *lingering_.oldest_of_fullest();
    lingering_.remove(oldest);
    send_exit(sessions_.at(oldest).handle, caf::exit_reason::kill);
  }
  admit_waiting();
}

void node_core::end_session(session& which, session_end end, const caf::error& why) {
  auto ran = which.phase == session_phase::running;
  stop_counting(which);
  if (ran)
    subscribers_.tell(peer_dropped{which.id, which.remote, which.inbound, std::move(end)});
  else
    subscribers_.tell(session_failed{which.id, which.remote, which.inbound, std::move(end)});
  answer_dial(which, why);
  answer_all(which, why);
}

/// Answers the callers that wait for this session to run or to end.
void node_core::answer_all(session& which, const caf::error& why) {
  if (auto dialled = std::exchange(which.dialled, {}); dialled.pending())
    deliver(std::move(dialled), why);
  for (auto& x : std::exchange(which.closed, {}))
    deliver(std::move(x), caf::unit);
}

/// Answers the caller that dialled. A session that the remote dialled serves as well, if there is
/// one.
void node_core::answer_dial(session& failed, const caf::error& why) {
  auto answer = std::exchange(failed.dialled, {});
  if (!answer.pending())
    return;
  auto theirs = greeted_.find(failed.id);
  auto runs = running_.find(failed.id);
  if (theirs != greeted_.end() && !theirs->second.which->dialled.pending())
    theirs->second.which->dialled = std::move(answer);
  else if (runs != running_.end() && !(*runs)->dialled.pending())
    answer_with(**runs, std::move(answer));
  else
    deliver(answer, why);
}

/// Answers with the information of a running session, or with its end, if that comes first.
void node_core::answer_with(session& running, caf::typed_response_promise<peer_info> answer) {
  running.dialled = std::move(answer);
  auto take = [this, id = running.id] {
    auto i = running_.find(id);
    return i == running_.end() ? caf::typed_response_promise<peer_info>{}
                               : std::exchange((*i)->dialled, {});
  };
  auto on_info = [this, take](peer_info& x) {
    x.trusted = peers_.is_trusted(x.id);
    deliver(take(), std::move(x));
  };
  request(running.handle, answer_within(config_->limits.disconnect_timeout), info_atom::value)
    .then(on_info, [take](caf::error& why) { deliver(take(), std::move(why)); });
}

/// Answers a dial of a node that is connected already.
caf::result<peer_info> node_core::answer_from(const session& running) {
  auto number = next_asked_++;
  auto take = [this, number] { return std::move(asked_.extract(number).mapped()); };
  auto on_info = [this, take](peer_info& x) {
    x.trusted = peers_.is_trusted(x.id);
    deliver(take(), std::move(x));
  };
  auto answer = asked_[number] = make_response_promise<peer_info>();
  request(running.handle, answer_within(config_->limits.disconnect_timeout), info_atom::value)
    .then(on_info, [take](caf::error& why) { deliver(take(), std::move(why)); });
  return answer;
}

void node_core::on_down(const caf::down_msg& down) {
  if (system_end_.is(down.source))
    return end_at_once();
  subscribers_.remove(down.source);
  mapping_subscribers_.remove(down.source);
  if (mapper_ && mapper_.address() == down.source) {
    mapper_ = nullptr;
    external_.clear();
    return end_if_done();
  }
  auto i = sessions_.find(down.source);
  if (i == sessions_.end())
    return;
  auto& session = i->second;
  auto nothing = [](const caf::error&) {};
  // A supervisor that was killed could not report its end.
  if (session.phase != session_phase::closing)
    survive(nothing, [&] {
      end_session(session, reason_for(culprit::supervisor, down.reason, session.phase),
                  down.reason);
    });
  // Frees what the session still holds, if the report failed.
  survive(nothing, [&] { stop_counting(session); });
  answer_all(session, down.reason);
  lingering_.remove(down.source);
  sessions_.erase(i);
  admit_waiting();
  end_if_done();
}

caf::result<void> node_core::close(const node_id& id, disconnect_reason reason) {
  auto found = running_.find(id);
  if (found == running_.end())
    return caf::make_error(errc::no_such_peer, id.brief());
  auto& session = **found;
  // A sender that made no request gets no response. It would receive an empty message, which CAF
  // treats as unexpected.
  if (!current_mailbox_element()->mid.is_request()) {
    send(session.handle, close_atom::value, reason);
    return caf::unit;
  }
  session.closed.reserve(session.closed.size() + 1);
  send(session.handle, close_atom::value, reason);
  session.closed.push_back(make_response_promise());
  return session.closed.back();
}

// Telling.

caf::result<std::vector<peer_info>> node_core::tell_peers() {
  auto all = std::make_shared<gathering>();
  all->found.reserve(running_.size());
  std::erase_if(gatherings_, [](const auto& x) { return x->missing == 0; });
  // Starts at one, so that `on_answer` below also completes a query without sessions.
  all->missing = 1;
  for (auto* found : running_) {
    ++all->missing;
    auto on_info = [all, trusted = peers_.is_trusted(found->id)](peer_info& x) {
      x.trusted = trusted;
      all->found.push_back(std::move(x));
      all->on_answer();
    };
    // A session that is ending right now is no longer a peer.
    request(found->handle, answer_within(config_->limits.disconnect_timeout), info_atom::value)
      .then(on_info, [all](const caf::error&) { all->on_answer(); });
  }
  gatherings_.push_back(all);
  all->answer = make_response_promise<std::vector<peer_info>>();
  all->on_answer();
  return all->answer;
}

node_info node_core::tell_node() const {
  node_info out;
  out.id = self_;
  out.client_id = config_->limits.client_id;
  for (const auto& x : listeners_)
    out.listening.push_back({self_, x.socket()->local(), x.socket()->local().port});
  for (const auto& [port, where] : external_)
    out.external.push_back({self_, where, where.port});
  out.capabilities = own_hello(*config_).capabilities;
  for (const auto& x : config_->protocols)
    if (x.node_info)
      out.protocols[x.name] = told_by(x.node_info);
  out.peers = running_.size();
  out.pending = pending_.size() + dialling_.size();
  return out;
}

// NAT.

/// Remembers the external endpoint of a port that we listen at. Other ports cannot be reached.
void node_core::is_reached(const port_mapping& mapping) {
  auto is_it = [&](const accepting& x) {
    return x.socket()->local().port == mapping.internal.number;
  };
  if (std::any_of(listeners_.begin(), listeners_.end(), is_it))
    external_[mapping.internal] = mapping.external;
}

void node_core::map(const endpoint& listening) {
  // No other host reaches a port of the loopback interface, even if it is mapped.
  auto only_here = listening.host.starts_with("127.") || listening.host == "::1";
  if (config_->gateways.empty() || only_here)
    return;
  if (!mapper_) {
    mapper_ =
      spawn_mapper(home_system(),
                   {.gateways = config_->gateways, .random = config_->random, .log = config_->log});
    monitor(mapper_);
    caf::anon_send(mapper_, subscribe_atom::value, mapping_subscriber_actor{alive_});
  }
  caf::anon_send(mapper_, map_atom::value, local_port{transport::tcp, listening.port});
}

// The end.

void node_core::shut_down() {
  if (std::exchange(stopping_, true))
    return;
  // Sessions have deadlines of their own. But a session may be unable to report its end for want of
  // memory.
  const auto& limits = config_->limits;
  const auto longest =
    limits.disconnect_timeout + limits.linger_timeout + 3 * limits.handler_timeout;
  look_at_ = clock().now() + longest;
  survive([](const caf::error&) {}, [&] { send_later(longest, resume_atom::value); });
  listeners_.clear();
  accepted_.clear();
  waiting_ = {};
  for (auto& [number, dial] : std::exchange(dials_, {}))
    dial.answer.deliver(caf::make_error(errc::shutting_down));
  for (auto& [address, session] : sessions_)
    send(session.handle, close_atom::value, disconnect_reason::client_quitting);
  if (mapper_)
    send_exit(mapper_, caf::exit_reason::user_shutdown);
  end_if_done();
}

/// Handles the end of the time of a waiting connection, a pending session, or the shutdown.
void node_core::look_again() {
  if (clock().now() < look_at_)
    return; // A message of an earlier timer, or of another actor.
  looking_ = false;
  if (stopping_)
    return abandon_sessions();
  // The remote of a connection that has waited this long has given up, too. Earlier numbers are
  // older.
  const auto limit = config_->limits.handshake_timeout;
  while (!accepted_.empty() && clock().now() - accepted_.begin()->second.since >= limit)
    drop_waiting(accepted_.begin()->first);
  admit_waiting();
}

/// Kills the sessions that are left at the shutdown deadline: a working session ends sooner.
void node_core::abandon_sessions() {
  for (auto& [address, session] : sessions_) {
    answer_all(session, caf::make_error(errc::shutting_down));
    send_exit(session.handle, caf::exit_reason::kill);
  }
  running_.clear();
  greeted_.clear();
  dialling_.clear();
  pending_ = {};
  lingering_ = {};
  sessions_.clear();
  end_if_done();
}

/// Ends without a Disconnect: the actors that would send it are about to lose their system.
void node_core::end_at_once() {
  for (auto& [address, session] : sessions_)
    send_exit(session.handle, caf::exit_reason::kill);
  quit(caf::exit_reason::kill);
}

void node_core::end_if_done() {
  if (stopping_ && sessions_.empty() && !mapper_)
    quit();
}

} // namespace devp2p
