// SPDX-License-Identifier: BSL-1.0
//
// The ways into a node: it listens, chooses who may begin a session, and has its ports mapped.
#include "devp2p/actors/mapper.hpp"
#include "devp2p/actors/node_behavior.hpp"
#include "devp2p/messages/caf.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace devp2p {

namespace {

/// The pause after a failed accept.
constexpr auto accept_pause = std::chrono::seconds{1};

} // namespace

caf::result<enode> node::listen(const endpoint& at) {
  if (stopping_)
    return errc::shutting_down;
  auto socket = network_.listen(at);
  if (!socket)
    return caf::make_error(socket.error(), to_string(at));
  auto where = (*socket)->local();
  listeners_.add(std::move(*socket));
  try {
    accept(listeners_.size() - 1);
    if (config_->log)
      config_->log->info("listening at {}", to_string(where));
    map(where);
    return enode{sessions_.self(), where, where.port};
  } catch (...) {
    listeners_.remove_last();
    throw;
  }
}

void node::accept(std::size_t index) {
  if (!stopping_)
    listeners_.accept(node_self_actor{this}, index,
                      [&](const caf::error& why) { on_accept_failed(index, why); });
}

void node::on_accepted(std::size_t index, shared_streams streams) {
  if (stopping_ || !listeners_.has(index) || !are_connected(streams))
    return;
  listeners_.end_call(index);
  for (auto& x : streams)
    survive([this](const caf::error& why) { on_failure(why); }, [&] { take_in(std::move(x)); });
  // The next connection is always accepted: in the system's backlog a stranger could hide others.
  accept(index);
}

void node::on_accept_failed(std::size_t index, const caf::error& why) {
  if (stopping_ || !listeners_.has(index))
    return;
  // A waiting connection holds a descriptor that another source may need more.
  if (why == errc::too_many_files && !waiting_.empty()) {
    waiting_.drop_one();
    ++counts_.turned_away;
    return accept(index);
  }
  send_later(accept_pause, accept_atom_v, index);
  listeners_.pause(index);
  if (config_->log)
    config_->log->warn("cannot accept at {}: {}; trying again in {} s",
                       to_string(listeners_.local(index)), describe(why), accept_pause.count());
}

// Connections that wait for a session.

void node::take_in(shared_stream stream) {
  ++counts_.accepted;
  if (sessions_.limits().max_pending == 0) {
    ++counts_.turned_away;
    return; // There is no place.
  }
  // Without a handshake, a log line or an event, of which a stranger could make any number.
  if (refused_by_ban({}, stream->remote())) {
    ++counts_.turned_away;
    return;
  }
  auto from = sessions_.source_of(stream->remote());
  waiting_.add(std::move(stream), from, clock().now());
  admit_waiting();
  while (waiting_.size() > sessions_.limits().max_waiting) {
    waiting_.drop_one();
    ++counts_.turned_away;
  }
}

/// Opens sessions on accepted connections while there is room among the pending ones.
void node::admit_waiting() {
  while (auto turn = sessions_.next_turn(waiting_.by_source(), clock().now())) {
    if (turn->loser) {
      send_to(
        this, supervisors_.at(*turn->loser), failed_atom_v,
        caf::make_error(errc::too_many_pending, "its place was given to a source that has fewer"));
      sessions_.lose_place(*turn->loser);
    }
    open_session(waiting_.take(turn->next), std::nullopt);
  }
  if (waiting_.empty() || look_.is_set)
    return;
  const auto length = sessions_.turn_length();
  look_.due = clock().now() + length;
  send_later(length, resume_atom_v);
  look_.is_set = true;
}

/// Handles the end of the time of a waiting connection, a pending session, or the shutdown.
void node::look_again() {
  if (clock().now() < look_.due)
    return; // A message of an earlier timer, or of another actor.
  look_.is_set = false;
  if (stopping_)
    return abandon_sessions();
  // The remote of a connection that has waited this long has given up, too.
  const auto before = waiting_.size();
  waiting_.drop_since(clock().now() - config_->limits.handshake_timeout);
  counts_.turned_away += before - waiting_.size();
  admit_waiting();
}

// Ports that gateways map.

void node::map(const endpoint& listening) {
  // No other host reaches a port of the loopback interface, even if it is mapped.
  auto only_here = listening.host.starts_with("127.") || listening.host == "::1";
  if (config_->gateways.empty() || only_here)
    return;
  auto& mapper = ports_.mapper;
  if (!mapper) {
    mapper =
      spawn_mapper(home_system(),
                   {.gateways = config_->gateways, .random = config_->random, .log = config_->log});
    monitor(mapper);
    // First this node: a subscriber that hears of a port may ask the node about it.
    anon_send_to(mapper, subscribe_atom_v, mapping_subscriber_actor{node_self_actor{this}});
    for (const auto& x : ports_.watchers.all())
      anon_send_to(mapper, subscribe_atom_v, x);
  }
  anon_send_to(mapper, map_atom_v, local_port{transport::tcp, listening.port});
}

caf::result<void> node::watch_ports(const mapping_subscriber_actor& who) {
  auto refused = ports_.watchers.add(this, who);
  if (!refused && ports_.mapper)
    anon_send_to(ports_.mapper, subscribe_atom_v, who);
  return answer_to(std::move(refused));
}

/// Remembers the external endpoint of a port that we listen at. Other ports cannot be reached.
void node::on_mapped(const port_mapping& mapping) {
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    if (listeners_.local(i).port == mapping.internal.number)
      ports_.external[mapping.internal] = mapping.external;
}

} // namespace devp2p
