// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/supervisor.hpp"

#include "devp2p/actors/peer.hpp"
#include "devp2p/actors/self_description.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace devp2p {

supervisor::supervisor(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                       std::shared_ptr<const node_config> node, node_self_actor owner,
                       std::shared_ptr<pinged_sessions> pinged, std::shared_ptr<net::stream> stream,
                       const std::optional<node_id>& dialled)
  : uniform(config, std::move(unit)),
    node_(std::move(node)),
    owner_(std::move(owner)),
    pinged_(std::move(pinged)),
    stream_(std::move(stream)) {
  info_.id = dialled.value_or(node_id{});
  info_.local = stream_->local();
  info_.remote = stream_->remote();
  info_.inbound = !dialled;
}

supervisor::behavior_type supervisor::make_behavior() {
  stay_alive();
  since_ = clock().now();
  auto surviving_it = [this](auto task) {
    survive([this](caf::error why) { on_failure(std::move(why)); }, task);
  };
  set_down_handler([=, this](const caf::down_msg& down) { surviving_it([&] { on_down(down); }); });
  set_exit_handler([=, this](const caf::exit_msg&) {
    surviving_it([&] { end(culprit::node, errc::shutting_down); });
  });
  // A refusal by an actor that is ending is no failure of the supervisor.
  set_error_handler([](const caf::error&) {});
  auto dialled = info_.inbound ? std::nullopt : std::optional{info_.id};
  peer_ = spawn<peer>(unit(), node_, supervisor_actor{this}, std::move(pinged_), std::move(stream_),
                      dialled);
  adopt(culprit::peer, caf::actor_cast<caf::strong_actor_ptr>(peer_));
  send_later(node_->limits.handshake_timeout, tick_atom_v, session_phase::running);
  static const auto for_all = surviving<behavior_type>(
    self, [](auto& it, caf::error why) { it.on_failure(std::move(why)); },
    [](const node_id& id) { self->on_identity(id); }, [](hello& theirs) { self->on_hello(theirs); },
    [](failed_atom, const caf::error& why) { self->end(culprit::peer, why); },
    [](stalled_atom, writer_place where) { self->on_stall(where); },
    [](stalled_atom, std::uint16_t index, bool on_loop) { self->on_stuck(index, on_loop); },
    [](close_atom, disconnect_reason reason) {
      self->end(culprit::node, local_disconnect(reason));
    },
    [](info_atom) { return self->tell(); },
    [](tick_atom, session_phase phase) { self->on_deadline(phase); },
    [](tick_atom, std::uint16_t index, std::uint32_t restarts) {
      self->on_pause_over(index, restarts);
    });
  return for_all;
}

void supervisor::on_exit() {
  for (; !children_.empty(); children_.pop_back())
    kill(children_.back());
  peer_ = nullptr;
  owner_ = nullptr;
}

void supervisor::adopt(culprit role, caf::strong_actor_ptr handle, std::size_t index) {
  child added{std::move(handle), role, false, static_cast<std::uint16_t>(index)};
  try {
    monitor(added.handle);
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
  default:
    return to_string(shared_.name(which.index));
  }
}

void supervisor::kill(const child& which) {
  caf::anon_send_exit(caf::actor_cast<caf::actor>(which.handle), caf::exit_reason::kill);
}

void supervisor::on_down(const caf::down_msg& down) {
  auto i = std::find_if(children_.begin(), children_.end(),
                        [&](const child& x) { return x.handle == down.source; });
  if (i == children_.end())
    return;
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
    send_to(this, peer_, own_hello(*node_));
  };
  request_from(this, owner_, caf::infinite, admit_atom_v, id)
    .then(welcome, [this](const caf::error& why) { end(culprit::node, why); });
}

void supervisor::on_hello(hello& theirs) {
  if (phase_ != session_phase::greeting)
    return;
  info_.greeting = std::move(theirs);
  if (info_.greeting.id != info_.id)
    return end(culprit::peer, errc::unexpected_identity);
  shared_ = {node_->protocols, info_.greeting.capabilities};
  // A node without protocols only asks who is there: it needs no shared capability.
  if (shared_.empty() && !node_->protocols.empty())
    return end(culprit::peer, errc::no_shared_capability);
  auto run_unless_over = [this] {
    if (phase_ == session_phase::greeting)
      survive([this](caf::error why) { on_failure(std::move(why)); }, [this] { run(); });
  };
  request_from(this, owner_, caf::infinite, admit_atom_v, info())
    .then(run_unless_over, [this](const caf::error& why) { end(culprit::node, why); });
}

void supervisor::run() {
  phase_ = session_phase::running;
  drop_timers(); // The session has run in time.
  const auto now = clock().now();
  info_.handshake = now - std::exchange(since_, now);
  routing routes;
  pending_writes_ = routes.pending_writes = std::make_shared<pending_writes>();
  routes.routes = shared_.routes();
  counts_ = routes.counts = std::make_shared<session_counts>(shared_.size());
  if (node_->limits.message_events)
    routes.observer = owner_;
  routes.remote = info_.id;
  // The routes come before the handlers, which may write as soon as they are spawned.
  send_to(this, peer_, std::move(routes));
  children_.reserve(shared_.size() + 1); // The peer.
  handlers all;
  while (all.size() < shared_.size() && phase_ == session_phase::running)
    all.push_back(start_handler(all.size()));
  if (phase_ != session_phase::running)
    return;
  // The node is told first: it reports the session before the peer reports its messages.
  send_to(this, owner_, info());
  send_to(this, peer_, std::move(all));
}

peer_info supervisor::info() const {
  auto out = info_;
  out.protocols = shared_.describe();
  return out;
}

caf::result<peer_info> supervisor::tell() {
  auto answer = std::make_shared<caf::typed_response_promise<peer_info>>();
  auto with_counts = [this, answer](const peer_counts& counts) {
    auto out = info();
    out.ignored_messages = counts.ignored_messages;
    out.memory = counts.memory;
    out.ping = counts.ping;
    for (std::size_t i = 0; i < out.protocols.size(); ++i) {
      if (i < counts.protocols.size())
        out.protocols[i].counts = counts.protocols[i];
      if (i < counts.fills.size()) {
        out.protocols[i].read_window = counts.fills[i].read_window;
        out.protocols[i].write_queue = counts.fills[i].write_queue;
      }
      out.protocols[i].info = told_by(shared_[i].peer_info, info_.id);
    }
    deliver(*answer, std::move(out));
  };
  request_from(this, peer_, answer_within(node_->limits.disconnect_timeout), info_atom_v)
    .then(with_counts, [answer](caf::error& why) { deliver(*answer, std::move(why)); });
  // Last: an exception above would leave a promise that is never kept.
  return *answer = make_response_promise<peer_info>();
}

} // namespace devp2p
