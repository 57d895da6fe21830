// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/supervisor.hpp"

#include "devp2p/actors/peer.hpp"
#include "devp2p/actors/pinger.hpp"
#include "devp2p/net/p2p/base.hpp"
#include "devp2p/net/p2p/offsets.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <utility>

namespace devp2p {

namespace {

constexpr std::chrono::seconds log_interval{1};

/// Returns `what` times `times`, at most `settings::forever`.
settings::duration at_most_forever(settings::duration what, double times) {
  std::chrono::duration<double, std::nano> out = what;
  out *= times;
  return out < settings::forever ? std::chrono::duration_cast<settings::duration>(out)
                                 : settings::forever;
}

} // namespace

supervisor::supervisor(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                       std::shared_ptr<const node_config> node, node_self_actor owner,
                       std::shared_ptr<net::stream> stream, const std::optional<node_id>& dialled)
  : pinned(config, std::move(unit)),
    node_(std::move(node)),
    owner_(std::move(owner)),
    stream_(std::move(stream)) {
  info_.id = dialled.value_or(node_id{});
  info_.local = stream_->local();
  info_.remote = stream_->remote();
  info_.inbound = !dialled;
}

supervisor::behavior_type supervisor::make_behavior() {
  stay_alive();
  auto surviving_it = [this](auto task) {
    survive([this](caf::error why) { on_failure(std::move(why)); }, task);
  };
  set_down_handler([=, this](const caf::down_msg& down) { surviving_it([&] { on_down(down); }); });
  set_exit_handler([=, this](const caf::exit_msg&) {
    surviving_it([&] { end(culprit::node, errc::shutting_down); });
  });
  // A refusal by an actor that is ending is no failure of the supervisor.
  set_error_handler([](const caf::error&) {});
  monitor(owner_);
  auto dialled = info_.inbound ? std::nullopt : std::optional{info_.id};
  peer_ = spawn<peer>(unit(), node_, supervisor_actor{this}, std::move(stream_), dialled);
  adopt(culprit::peer, peer_);
  send_later(node_->limits.handshake_timeout, tick_atom::value, session_phase::running);
  return surviving<behavior_type>(
    this, [](auto& self, caf::error why) { self.on_failure(std::move(why)); },
    [this](const node_id& id) { on_identity(id); }, [this](hello& theirs) { on_hello(theirs); },
    [this](failed_atom, const caf::error& why) { end(culprit::peer, why); },
    [this](stalled_atom, writer_place where) { on_stall(where); },
    [this](const round_trip& times) { info_.ping = times; },
    [this](close_atom, disconnect_reason reason) { end(culprit::node, local_disconnect(reason)); },
    [this](info_atom) { return tell(); },
    [this](tick_atom, session_phase phase) { on_deadline(phase); },
    [this](tick_atom, std::uint16_t index, std::uint32_t restarts) {
      if (index < shared_.size() && shared_[index].restarts == restarts)
        replace_handler(index);
    });
}

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

void supervisor::on_exit() {
  for (; !children_.empty(); children_.pop_back())
    kill(children_.back());
  peer_ = nullptr;
  if (owner_)
    demonitor(owner_.address()); // The node lives on, and would keep our memory.
  owner_ = nullptr;
}

template <class Handle>
void supervisor::adopt(culprit role, const Handle& handle, std::size_t index) {
  child added{caf::actor_cast<caf::strong_actor_ptr>(handle), role, false,
              static_cast<std::uint16_t>(index)};
  try {
    monitor(handle);
    children_.push_back(added);
  } catch (...) {
    kill(added);
    throw;
  }
}

/// Returns the name of a child for the log.
std::string supervisor::name_of(const child& which) const {
  switch (which.role) {
  case culprit::peer:
    return "peer";
  case culprit::pinger:
    return "pinger";
  default:
    return to_string(shared_[which.index].name());
  }
}

void supervisor::kill(const child& which) {
  caf::anon_send_exit(caf::actor_cast<caf::actor>(which.handle), caf::exit_reason::kill);
}

void supervisor::on_down(const caf::down_msg& down) {
  auto i = std::find_if(children_.begin(), children_.end(),
                        [&](const child& x) { return x.handle == down.source; });
  if (i == children_.end())
    return end(culprit::node, errc::shutting_down);
  auto gone = std::move(*i);
  children_.erase(i);
  if (gone.role != culprit::handler)
    end(gone.role, down.reason);
  else if (!gone.given_up)
    on_handler_end(gone.index, down.reason);
  if (children_.empty())
    quit();
}

// The way to a running session.

void supervisor::on_identity(const node_id& id) {
  if (phase_ != session_phase::handshake)
    return;
  info_.id = id;
  phase_ = session_phase::greeting;
  auto welcome = [this] {
    if (phase_ != session_phase::greeting)
      return;
    send(peer_, own_hello(*node_));
  };
  request(owner_, caf::infinite, admit_atom::value, id)
    .then(welcome, [this](const caf::error& why) { end(culprit::node, why); });
}

void supervisor::on_hello(hello& theirs) {
  if (phase_ != session_phase::greeting)
    return;
  info_.greeting = std::move(theirs);
  if (info_.greeting.id != info_.id)
    return end(culprit::peer, errc::unexpected_identity);
  std::vector<p2p::local_protocol> local;
  for (const auto& x : node_->protocols)
    local.push_back({{x.name, x.version}, x.length});
  auto matching = p2p::match_capabilities(local, info_.greeting.capabilities);
  shared_.reserve(matching.size());
  for (const auto& x : matching)
    shared_.push_back({&node_->protocols[x.index], x.offset});
  // A node without protocols only asks who is there: it needs no shared capability.
  if (shared_.empty() && !local.empty())
    return end(culprit::peer, errc::no_shared_capability);
  auto run_unless_over = [this] {
    if (phase_ == session_phase::greeting)
      survive([this](caf::error why) { on_failure(std::move(why)); }, [this] { run(); });
  };
  request(owner_, caf::infinite, admit_atom::value, info())
    .then(run_unless_over, [this](const caf::error& why) { end(culprit::node, why); });
}

void supervisor::run() {
  phase_ = session_phase::running;
  routing routes;
  for (const auto& x : shared_)
    routes.routes.push_back({x.name(), x.offset, x.what->length, x.what->max_message_size});
  if (node_->limits.message_events)
    routes.observer = owner_;
  routes.remote = info_.id;
  // The routes come before the handlers, which may write as soon as they are spawned.
  send(peer_, std::move(routes));
  children_.reserve(shared_.size() + 2); // The peer and the pinger.
  handlers all;
  while (all.size() < shared_.size() && phase_ == session_phase::running)
    all.push_back(start_handler(all.size()));
  if (phase_ != session_phase::running)
    return;
  // The node is told first: it reports the session before the peer reports its messages.
  send(owner_, info());
  send(peer_, std::move(all));
  adopt(culprit::pinger, spawn<pinger>(unit(), peer_, supervisor_actor{this}, node_->limits));
}

/// Spawns and returns a handler for the protocol at `index`. Returns null if the session does
/// without one, for now or for good, or is over.
handler_actor supervisor::start_handler(std::size_t index) {
  auto& chosen = shared_[index];
  caf::error why;
  if (auto out = spawn_handler(index, why)) {
    if (chosen.past)
      chosen.past->not_spawned = 0;
    return out;
  }
  const auto& supervised = chosen.what->supervised;
  // A factory that fails slowly would never use up the restart budget.
  if (supervised.when_failed == supervision::strategy::restart &&
      chosen.failed().not_spawned++ == supervised.intensity)
    end(culprit::handler, std::move(why), to_string(chosen.name()));
  else
    on_handler_end(index, why);
  return {};
}

/// Spawns a handler in place of one that has failed.
void supervisor::replace_handler(std::size_t index) {
  auto has_one = [=](const child& x) {
    return x.role == culprit::handler && !x.given_up && x.index == index;
  };
  if (phase_ != session_phase::running || shared_[index].detached ||
      std::any_of(children_.begin(), children_.end(), has_one))
    return;
  if (auto next = start_handler(index))
    send(peer_, attach_atom::value, static_cast<std::uint16_t>(index), std::move(next));
}

handler_actor supervisor::spawn_handler(std::size_t index, caf::error& why) {
  const auto& chosen = shared_[index];
  channel link{peer_,         {static_cast<std::uint16_t>(index), chosen.restarts},
               chosen.name(), info_.greeting,
               info_.remote,  info_.inbound,
               unit()};
  handler_actor out;
  std::string text = "no handler was spawned";
  try {
    out = chosen.what->spawn(home_system(), link);
  } catch (const std::exception& e) {
    text = e.what();
  } catch (...) {
    text = "an exception of an unknown type";
  }
  if (out)
    adopt(culprit::handler, out, index);
  else
    why = caf::make_error(errc::handler_failed, text);
  return out;
}

peer_info supervisor::info() const {
  auto out = info_;
  for (const auto& x : shared_)
    out.protocols.push_back({x.name(), {}, x.restarts, x.detached, {}});
  return out;
}

caf::result<peer_info> supervisor::tell() {
  auto answer = make_response_promise<peer_info>();
  auto with_counts = [this, answer](const peer_counts& counts) mutable {
    auto out = info();
    out.ignored_messages = counts.ignored_messages;
    for (std::size_t i = 0; i < out.protocols.size(); ++i) {
      if (i < counts.protocols.size())
        out.protocols[i].counts = counts.protocols[i];
      out.protocols[i].info = told_by(shared_[i].what->peer_info, info_.id);
    }
    answer.deliver(std::move(out));
  };
  request(peer_, answer_within(node_->limits.disconnect_timeout), info_atom::value)
    .then(with_counts, [answer](caf::error& why) mutable { answer.deliver(std::move(why)); });
  return answer;
}

// A handler that fails.

/// Returns what follows from the failure of a handler. Unless the session ends by it, notes the
/// decision, and has the peer send nothing more to the failed handler.
supervision::strategy supervisor::consequence(std::size_t index, const caf::error& why) {
  using strategy = supervision::strategy;
  auto& failed = shared_[index];
  auto supervised = failed.what->supervised;
  // The time to notice a stall is added to the period. Otherwise stalls would never use up the
  // budget.
  if (why == errc::handler_stalled)
    supervised.period =
      std::min(settings::forever,
               supervised.period + at_most_forever(node_->limits.ping_interval,
                                                   (supervised.intensity + 1.0) *
                                                     (node_->limits.max_missed_pings + 1.0)));
  auto out = consequence_of(why, supervised, failed.failed().budget, clock().now());
  auto attached =
    std::count_if(shared_.begin(), shared_.end(), [](const shared& x) { return !x.detached; });
  if (out == strategy::detach && attached == 1)
    out = strategy::end_session; // No handler would be left.
  if (out == strategy::end_session)
    return out;
  if (out == strategy::detach)
    failed.detached = true;
  else
    ++failed.restarts;
  send(peer_, detach_atom::value, static_cast<std::uint16_t>(index));
  return out;
}

/// Logs a failure, at most one line a second for each protocol: a handler may fail repeatedly.
void supervisor::log_failure(std::size_t index, const caf::error& why, settings::duration pause) {
  auto& failed = shared_[index];
  auto& [budget, paused, not_spawned, logged, not_logged] = failed.failed();
  auto now = clock().now();
  if (!node_->log || (logged && now - *logged < log_interval)) {
    ++not_logged;
    return;
  }
  logged = now;
  auto then = failed.detached ? std::string{"the session goes on without it"}
              : pause > settings::duration{0}
                ? "restarted in " + std::to_string(pause / std::chrono::milliseconds{1}) + " ms"
                : std::string{"restarted"};
  if (auto more = std::exchange(not_logged, 0); more > 0)
    then += "; and " + std::to_string(more) + " times more since the last such line";
  node_->log->warn("handler of {} with {} failed: {}; {}", to_string(failed.name()), remote_name(),
                   describe(why), then);
}

/// Returns a random number from 0 up to but not including 1.
double supervisor::luck() const {
  byte_array<2> octets{};
  node_->random->fill(octets);
  return (octets[0] * 256 + octets[1]) / 65536.0;
}

void supervisor::on_handler_end(std::size_t index, const caf::error& why) {
  if (phase_ != session_phase::running)
    return;
  switch (consequence(index, why)) {
  case supervision::strategy::restart: {
    auto& failed = shared_[index];
    auto& past = failed.failed();
    auto pause =
      past.pause.next(failed.what->supervised, clock().now(), past.not_spawned == 0, luck());
    log_failure(index, why, pause.value_or(settings::duration{0}));
    // A further restart never happens in the same turn: other actors live on this thread, too.
    if (!pause)
      replace_handler(index);
    else
      send_later(*pause, tick_atom::value, static_cast<std::uint16_t>(index), failed.restarts);
    break;
  }
  case supervision::strategy::detach:
    log_failure(index, why, {});
    break;
  case supervision::strategy::end_session:
    end(culprit::handler, why, to_string(shared_[index].name()));
  }
}

/// Replaces a handler that has stalled, without waiting for its end: it may be stuck in a call.
void supervisor::on_stall(writer_place where) {
  auto i = std::find_if(children_.begin(), children_.end(), [=](const child& x) {
    return x.role == culprit::handler && !x.given_up && x.index == where.index;
  });
  // The handler may have been replaced already.
  if (i == children_.end() || phase_ != session_phase::running ||
      shared_[where.index].restarts != where.restarts)
    return;
  i->given_up = true;
  kill(*i);
  on_handler_end(where.index, caf::make_error(errc::handler_stalled));
}

// The end of the session.

void supervisor::end(culprit who, caf::error why, const std::string& name) {
  if (phase_ >= session_phase::closing)
    return;
  auto verdict = reason_for(who, why, phase_);
  if (who == culprit::handler)
    verdict.error = name + ": " + verdict.error;
  phase_ = session_phase::closing;
  log(verdict);
  for (const auto& x : children_)
    if (x.role != culprit::peer)
      send_exit(caf::actor_cast<caf::actor>(x.handle), caf::make_error(errc::session_closed));
  if (verdict.sent)
    send(peer_, close_atom::value, verdict.reason);
  else
    send(peer_, close_atom::value);
  send(owner_, std::move(verdict), std::move(why));
  send_later(node_->limits.handler_timeout, tick_atom::value, session_phase::gone);
}

void supervisor::log(const session_end& verdict) const {
  if (!node_->log)
    return;
  node_->log->info("session with {} ({}) ended by {}: {} ({})", remote_name(),
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
  // The peer has deadlines of its own: it may still be sending the Disconnect. It reports its end,
  // unless it had no memory left for that.
  auto late = std::partition(children_.begin(), children_.end(),
                             [](const child& x) { return x.role == culprit::peer; });
  if (late == children_.end()) {
    if (std::exchange(last_look_, true))
      return quit(caf::make_error(errc::out_of_memory));
    return send_later(node_->limits.disconnect_timeout + node_->limits.linger_timeout,
                      tick_atom::value, session_phase::gone);
  }
  auto killed = std::exchange(phase_, session_phase::gone) == session_phase::gone;
  for (auto i = late; i != children_.end(); ++i) {
    kill(*i);
    if (node_->log)
      node_->log->warn("{} of the session with {} {}", name_of(*i), remote_name(),
                       killed ? "does not end even now, and is left behind"
                              : "did not end in time, and is killed");
  }
  if (killed)
    children_.erase(late, children_.end());
  if (children_.empty())
    return quit();
  send_later(node_->limits.handler_timeout, tick_atom::value, session_phase::gone);
}

} // namespace devp2p
