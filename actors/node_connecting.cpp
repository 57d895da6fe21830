// SPDX-License-Identifier: BSL-1.0
//
// The connections of a node: it listens, dials, and takes punched connections.
#include "devp2p/actors/node_core.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace devp2p {

namespace {

/// The pause after a failed accept.
constexpr auto accept_pause = std::chrono::seconds{1};

/// The duration that a pending session keeps its place before another source may take it: a tenth
/// of its deadline, enough for a handshake as a rule.
settings::duration turn_of(const settings& limits) {
  return std::max<settings::duration>(limits.handshake_timeout / 10, std::chrono::milliseconds{1});
}

} // namespace

// Listening.

caf::result<enode> node_core::listen(const endpoint& at) {
  if (stopping_)
    return errc::shutting_down;
  auto socket = network_.listen(at);
  if (!socket)
    return caf::make_error(socket.error(), to_string(at));
  auto where = (*socket)->local();
  listeners_.emplace_back(std::move(*socket));
  try {
    accept(listeners_.size() - 1);
    if (config_->log)
      config_->log->info("listening at {}", to_string(where));
    map(where);
    return enode{self_, where, where.port};
  } catch (...) {
    listeners_.pop_back();
    throw;
  }
}

void node_core::accept(std::size_t index) {
  if (stopping_ || index >= listeners_.size())
    return;
  try {
    listeners_[index].accept(node_core_actor{this}, index);
  } catch (...) {
    on_accept_failed(index, error_of(std::current_exception(), errc::callback_failed));
  }
}

/// Asks the listeners again that could not be asked, or could not report, for want of memory.
void node_core::accept_again() {
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    accept(i);
}

/// Opens sessions on accepted connections while there is room among the pending ones.
void node_core::admit_waiting() {
  while (auto next = next_waiting()) {
    waiting_.serve(*next);
    auto taken = std::move(accepted_.extract(*next).mapped().stream);
    open_session(std::move(taken), std::nullopt);
  }
  if (waiting_.empty() || looking_)
    return;
  const auto turn = turn_of(config_->limits);
  look_at_ = clock().now() + turn;
  send_later(turn, resume_atom::value);
  looking_ = true;
}

/// Returns the waiting connection whose source has the fewest pending sessions; equal sources take
/// turns. If all places are taken, a source that has more gives up its session that has waited
/// longest. If that only exchanges places, or the session is the only one of its address, it first
/// keeps its place for `turn_of`. Otherwise a burst of connections would let none through.
std::optional<std::uint64_t> node_core::next_waiting() {
  if (pending_.size() < config_->limits.max_pending)
    return waiting_.poorest_in(pending_);
  auto claim = waiting_.claim_on(pending_, 2);
  auto at_once = claim && pending_.count(source_of(sessions_.at(claim->second))) > 1;
  if (!claim)
    claim = waiting_.claim_on(pending_, 1);
  if (!claim)
    return std::nullopt;
  const auto& [next, loser] = *claim;
  const auto& losing = sessions_.at(loser);
  if (!at_once && clock().now() - losing.since < turn_of(config_->limits))
    return std::nullopt;
  send(losing.handle, failed_atom::value,
       caf::make_error(errc::too_many_pending, "its place goes to a source that has fewer"));
  pending_.remove(loser);
  return next;
}

/// Closes one of the connections that wait.
void node_core::give_up_waiting() {
  drop_waiting(*waiting_.oldest_of_fullest());
}

void node_core::drop_waiting(std::uint64_t which) {
  waiting_.remove(which);
  accepted_.erase(which);
}

void node_core::on_accepted(std::size_t index, shared_stream stream) {
  if (stopping_ || index >= listeners_.size() || !stream)
    return;
  listeners_[index].end_call();
  survive([this](const caf::error& why) { on_failure(why); }, [&] { take_in(std::move(stream)); });
  // The next connection is always accepted: in the system's backlog a stranger could hide others.
  accept(index);
}

void node_core::take_in(shared_stream stream) {
  if (config_->limits.max_pending == 0)
    return; // There will never be a place.
  auto number = next_accepted_++;
  auto from = source_of(stream->remote());
  accepted_.emplace(number, waiting_stream{std::move(stream), clock().now()});
  try {
    waiting_.add(number, from);
  } catch (...) {
    accepted_.erase(number);
    throw;
  }
  admit_waiting();
  while (waiting_.size() > config_->limits.max_waiting)
    give_up_waiting();
}

void node_core::on_accept_failed(std::size_t index, const caf::error& why) {
  if (stopping_ || index >= listeners_.size())
    return;
  // A waiting connection holds a descriptor that another source may need more.
  if (why == errc::too_many_files && !waiting_.empty()) {
    give_up_waiting();
    return accept(index);
  }
  send_later(accept_pause, accept_atom::value, index);
  listeners_[index].pause();
  if (config_->log)
    config_->log->warn("cannot accept at {}: {}; trying again in {} s",
                       to_string(listeners_[index].socket()->local()), describe(why),
                       accept_pause.count());
}

// Dialling.

caf::result<peer_info> node_core::dial(const enode& target) {
  if (stopping_)
    return errc::shutting_down;
  if (target.id == self_)
    return errc::connected_to_self;
  if (auto runs = running_.find(target.id); runs != running_.end())
    return answer_from(**runs);
  if (peers_.contains(target.id) || dialling_.contains(target.id))
    return caf::make_error(errc::already_connected, target.id.brief() + " is being dialled");
  // The target has dialled us meanwhile, and its session is not yet running.
  if (auto i = greeted_.find(target.id); i != greeted_.end()) {
    if (i->second.which->dialled.pending())
      return caf::make_error(errc::already_connected, target.id.brief());
    pending_.remove(i->second.which->handle.address());
    return i->second.which->dialled = make_response_promise<peer_info>();
  }
  if (dialling_.size() >= config_->limits.max_dialing)
    return errc::too_many_pending;
  auto number = next_dial_++;
  try {
    return begin_dial(target, number);
  } catch (...) {
    dialling_.erase(target.id);
    dials_.erase(number);
    throw;
  }
}

caf::typed_response_promise<peer_info> node_core::begin_dial(const enode& target,
                                                             std::uint64_t number) {
  dialling_.emplace(target.id, opening_dial{number});
  auto& dial = dials_[number];
  dial.target = target;
  node_core_actor self{this};
  dial.attempt = network_.dial(target.address, [self, number](auto outcome) {
    tell_outcome(self, std::move(outcome), dial_atom::value, number);
  });
  send_later(config_->limits.dial_timeout, tick_atom::value, number);
  return dial.answer = make_response_promise<peer_info>();
}

void node_core::on_dialled(std::uint64_t number, shared_stream stream) {
  auto i = dials_.find(number);
  if (i == dials_.end() || !stream)
    return;
  auto* session = open_session(std::move(stream), i->second.target.id);
  if (!session)
    return on_dial_failed(number, caf::make_error(errc::out_of_memory));
  session->dialled = std::move(i->second.answer);
  dialling_.at(session->id).connected = session;
  dials_.erase(i);
}

/// Opens a session on a punched connection. At both ends it counts as a dial; `initiator` says
/// which end begins the handshake.
caf::result<peer_info> node_core::adopt(const node_id& id, const connected_stream& punched) {
  if (stopping_)
    return errc::shutting_down;
  if (id == self_)
    return errc::connected_to_self;
  if (peers_.contains(id) || dialling_.contains(id))
    return caf::make_error(errc::already_connected, id.brief());
  if (dialling_.size() >= config_->limits.max_dialing)
    return errc::too_many_pending;
  auto stream = punched.take();
  if (!stream)
    return errc::end_of_stream;
  auto entry = dialling_.emplace(id, opening_dial{next_dial_++}).first;
  auto* session =
    open_session(std::move(stream), punched.initiator() ? std::optional{id} : std::nullopt);
  if (!session) {
    dialling_.erase(entry);
    return errc::out_of_memory;
  }
  entry->second.connected = session;
  if (!punched.initiator()) {
    session->adopted = true;
    session->id = id;
    pending_.remove(session->handle.address());
  }
  return session->dialled = make_response_promise<peer_info>();
}

void node_core::on_dial_failed(std::uint64_t number, caf::error why) {
  auto i = dials_.find(number);
  if (i == dials_.end())
    return;
  auto dial = std::move(i->second);
  dials_.erase(i);
  dialling_.erase(dial.target.id);
  auto code = errc_of(why).value_or(errc::network_failure);
  dial.answer.deliver(caf::make_error(code, printable(to_string(dial.target.address))));
}

} // namespace devp2p
