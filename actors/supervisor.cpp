// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/supervisor.hpp"

#include "devp2p/actors/peer.hpp"
#include "devp2p/actors/pinger.hpp"
#include "devp2p/net/p2p/base.hpp"
#include "devp2p/net/p2p/offsets.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace devp2p {

supervisor::supervisor(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                       std::shared_ptr<const node_config> node, node_core_actor owner,
                       std::shared_ptr<net::stream> stream, std::optional<node_id> dialled)
  : pinned(config, std::move(unit)),
    node_(std::move(node)),
    owner_(std::move(owner)),
    stream_(std::move(stream)),
    dialled_(dialled) {
  info_.local = stream_->local();
  info_.remote = stream_->remote();
  info_.inbound = !dialled_;
}

supervisor::behavior_type supervisor::make_behavior() {
  alive_ = this;
  set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  set_exit_handler([this](const caf::exit_msg&) { end(culprit::node, errc::shutting_down); });
  // A refusal by an actor that is on its way out is no failure of its own.
  set_error_handler([](const caf::error&) {});
  monitor(owner_);
  peer_ = spawn<peer>(unit(), node_, supervisor_actor{this}, std::move(stream_), dialled_);
  adopt(culprit::peer, "peer", peer_);
  delayed_send(this, node_->limits.handshake_timeout, tick_atom::value, session_phase::opening);
  return {
    [this](const node_id& id) { on_identity(id); },
    [this](hello& theirs) { on_hello(theirs); },
    [this](failed_atom, const caf::error& why) { end(culprit::peer, why); },
    [this](const round_trip& times) { info_.ping = times; },
    [this](close_atom, disconnect_reason reason) { end(culprit::node, local_disconnect(reason)); },
    [this](info_atom) { return tell(); },
    [this](tick_atom, session_phase phase) { on_deadline(phase); },
  };
}

void supervisor::on_exit() {
  for (const auto& x : children_)
    caf::anon_send_exit(caf::actor_cast<caf::actor>(x.handle), caf::exit_reason::kill);
  children_.clear();
  peer_ = nullptr;
  owner_ = nullptr;
  alive_ = nullptr;
}

template <class Handle>
void supervisor::adopt(culprit role, std::string name, const Handle& handle) {
  monitor(handle);
  children_.push_back(
    {role, std::move(name), handle.address(), caf::actor_cast<caf::strong_actor_ptr>(handle)});
}

void supervisor::on_down(const caf::down_msg& down) {
  auto i = std::find_if(children_.begin(), children_.end(),
                        [&](const child& x) { return x.address == down.source; });
  if (i == children_.end())
    return end(culprit::node, errc::shutting_down);
  auto gone = std::move(*i);
  children_.erase(i);
  end(gone.role, down.reason, gone.name);
  if (children_.empty())
    quit();
}

// -- the way to a running session ---------------------------------------------

void supervisor::on_identity(const node_id& id) {
  info_.id = id;
  auto welcome = [this] {
    if (phase_ != session_phase::opening)
      return;
    hello ours;
    ours.client_id = node_->limits.client_id;
    ours.id = node_->key.id();
    for (const auto& x : node_->protocols)
      ours.capabilities.push_back({x.name, x.version});
    send(peer_, std::move(ours));
  };
  request(owner_, caf::infinite, admit_atom::value, id)
    .then(welcome, [this](const caf::error& why) { end(culprit::node, why); });
}

void supervisor::on_hello(hello& theirs) {
  info_.greeting = std::move(theirs);
  if (info_.greeting.id != info_.id)
    return end(culprit::peer, errc::unexpected_identity);
  std::vector<p2p::local_protocol> local;
  for (const auto& x : node_->protocols)
    local.push_back({{x.name, x.version}, x.length});
  for (const auto& x : p2p::match_capabilities(local, info_.greeting.capabilities)) {
    shared_.push_back({&node_->protocols[x.index], x.offset});
    info_.protocols.push_back({local[x.index].offered, {}, {}});
  }
  // A node without protocols asks who is there: that is use enough.
  if (shared_.empty() && !local.empty())
    return end(culprit::peer, errc::no_shared_capability);
  auto run_unless_over = [this] {
    if (phase_ == session_phase::opening)
      run();
  };
  request(owner_, caf::infinite, admit_atom::value, info_)
    .then(run_unless_over, [this](const caf::error& why) { end(culprit::node, why); });
}

void supervisor::run() {
  phase_ = session_phase::running;
  routing routes;
  for (const auto& [what, offset] : shared_)
    routes.routes.push_back(
      {{what->name, what->version}, offset, what->length, what->max_message_size});
  if (node_->limits.message_events)
    routes.observer = owner_;
  // Ahead of the handlers: they may write as soon as they are spawned.
  send(peer_, routes);
  handlers all;
  for (const auto& x : routes.routes) {
    auto index = static_cast<std::uint16_t>(all.size());
    channel link{peer_, index, x.protocol, info_.greeting, info_.remote, info_.inbound};
    all.push_back(spawn_handler(*shared_[index].what, link));
    if (!all.back())
      return;
  }
  // The node first: it tells of the session before the peer tells of its messages.
  send(owner_, info_);
  send(peer_, std::move(all));
  adopt(culprit::pinger, "pinger", spawn(pinger, peer_, supervisor_actor{this}, node_->limits));
}

handler_actor supervisor::spawn_handler(const protocol& what, const channel& link) {
  handler_actor out;
  std::string why = "no handler was spawned";
  try {
    out = what.spawn(home_system(), link);
  } catch (const std::exception& e) {
    why = e.what();
  } catch (...) {
    why = "an exception of an unknown type";
  }
  auto name = to_string(link.protocol);
  if (out)
    adopt(culprit::handler, name, out);
  else
    end(culprit::handler, caf::make_error(errc::handler_failed, why), name);
  return out;
}

caf::result<peer_info> supervisor::tell() {
  auto answer = make_response_promise<peer_info>();
  auto with_counts = [this, answer](const peer_counts& counts) mutable {
    auto out = info_;
    out.ignored_messages = counts.ignored_messages;
    for (std::size_t i = 0; i < out.protocols.size(); ++i) {
      if (i < counts.protocols.size())
        out.protocols[i].counts = counts.protocols[i];
      out.protocols[i].info = told_by(shared_[i].what->peer_info, info_.id);
    }
    answer.deliver(std::move(out));
  };
  request(peer_, node_->limits.disconnect_timeout, info_atom::value)
    .then(with_counts, [answer](caf::error& why) mutable { answer.deliver(std::move(why)); });
  return answer;
}

// -- the way back -------------------------------------------------------------

void supervisor::end(culprit who, caf::error why, const std::string& name) {
  if (phase_ == session_phase::closing)
    return;
  auto verdict = reason_for(who, why);
  if (who == culprit::handler)
    verdict.error = name + ": " + verdict.error;
  // Before both Hellos are through, a remote that has said goodbye expects no answer.
  if (verdict.remote_requested && phase_ == session_phase::opening)
    verdict.sent = false;
  // Without a proved identity there is no key to encrypt a reason with.
  if (info_.id.is_zero())
    verdict.sent = false;
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
  delayed_send(this, node_->limits.handler_timeout, tick_atom::value, session_phase::closing);
}

void supervisor::log(const session_end& verdict) const {
  if (!node_->log)
    return;
  const auto& id = info_.id.is_zero() && dialled_ ? *dialled_ : info_.id;
  node_->log->info("session with {} at {} ({}) ended by {}: {} ({})",
                   id.is_zero() ? "an unknown node" : id.brief(), to_string(info_.remote),
                   info_.inbound ? "inbound" : "outbound",
                   verdict.remote_requested ? "the remote" : "us", to_string(verdict.reason),
                   verdict.error);
}

void supervisor::on_deadline(session_phase phase) {
  if (phase != phase_)
    return;
  if (phase == session_phase::opening)
    return end(culprit::peer, errc::handshake_timeout);
  // The peer has deadlines of its own: it may still be telling the remote why.
  for (const auto& x : children_) {
    if (x.role == culprit::peer)
      continue;
    if (node_->log)
      node_->log->warn("{} did not end in time and is killed", x.name);
    caf::anon_send_exit(caf::actor_cast<caf::actor>(x.handle), caf::exit_reason::kill);
  }
}

} // namespace devp2p
