// SPDX-License-Identifier: BSL-1.0
//
// How a node comes to its connections: it listens, dials, and takes those that were punched.
#include "devp2p/actors/node_core.hpp"

#include <caf/send.hpp>

#include <chrono>
#include <utility>

namespace devp2p {

namespace {

/// After a failed accept, which happens when the system has no more file descriptors.
constexpr auto accept_pause = std::chrono::seconds{1};

} // namespace

// -- listening ----------------------------------------------------------------

caf::result<enode> node_core::listen(const endpoint& at) {
  if (stopping_)
    return errc::shutting_down;
  auto socket = network_.listen(at);
  if (!socket)
    return caf::make_error(socket.error(), to_string(at));
  auto where = (*socket)->local();
  listeners_.push_back({std::move(*socket), false});
  accept(listeners_.size() - 1);
  if (config_->log)
    config_->log->info("listening at {}", to_string(where));
  map(where);
  return enode{self_, where, where.port};
}

void node_core::accept(std::size_t index) {
  if (stopping_ || listeners_[index].accepting || opening_inbound_ >= config_->limits.max_pending)
    return;
  listeners_[index].accepting = true;
  node_core_actor self{this};
  listeners_[index].socket->accept([self, index](expected<std::unique_ptr<net::stream>> outcome) {
    if (outcome)
      caf::anon_send(self, accept_atom::value, index, shared_stream{std::move(*outcome)});
    else
      caf::anon_send(self, accept_atom::value, index, caf::make_error(outcome.error()));
  });
}

void node_core::go_on_accepting() {
  while (!accepted_.empty() && opening_inbound_ < config_->limits.max_pending) {
    auto [index, stream] = std::move(accepted_.front());
    accepted_.pop_front();
    listeners_[index].accepting = false;
    open_session(std::move(stream), std::nullopt);
  }
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    accept(i);
}

void node_core::on_accepted(std::size_t index, shared_stream stream) {
  if (stopping_)
    return;
  accepted_.emplace_back(index, std::move(stream));
  go_on_accepting();
}

void node_core::on_accept_failed(std::size_t index, const caf::error& why) {
  if (stopping_)
    return;
  listeners_[index].accepting = false;
  if (config_->log)
    config_->log->warn("cannot accept at {}: {}; trying again in {} s",
                       to_string(listeners_[index].socket->local()), describe(why),
                       accept_pause.count());
  send_later(accept_pause, accept_atom::value, index);
}

// -- dialling -----------------------------------------------------------------

caf::result<peer_info> node_core::dial(const enode& target) {
  if (stopping_)
    return errc::shutting_down;
  if (target.id == self_)
    return errc::connected_to_self;
  if (peers_.contains(target.id) || dialling_.contains(target.id))
    return caf::make_error(errc::already_connected, target.id.brief());
  // It was faster.
  if (auto i = greeted_.find(target.id); i != greeted_.end()) {
    if (i->second->dialled.pending())
      return caf::make_error(errc::already_connected, target.id.brief());
    return i->second->dialled = make_response_promise<peer_info>();
  }
  if (dialling_.size() >= config_->limits.max_dialing)
    return errc::too_many_pending;
  auto number = next_dial_++;
  dialling_.emplace(target.id, opening_dial{number});
  auto& dial = dials_[number];
  dial.target = target;
  dial.answer = make_response_promise<peer_info>();
  node_core_actor self{this};
  auto handler = [self, number](expected<std::unique_ptr<net::stream>> outcome) {
    if (outcome)
      caf::anon_send(self, dial_atom::value, number, shared_stream{std::move(*outcome)});
    else
      caf::anon_send(self, dial_atom::value, number, caf::make_error(outcome.error()));
  };
  dial.attempt = network_.dial(target.address, std::move(handler));
  send_later(config_->limits.dial_timeout, tick_atom::value, number);
  return dial.answer;
}

void node_core::on_dialled(std::uint64_t number, shared_stream stream) {
  auto i = dials_.find(number);
  if (i == dials_.end())
    return;
  auto dial = std::move(i->second);
  dials_.erase(i);
  auto& session = open_session(std::move(stream), dial.target.id);
  session.dialled = std::move(dial.answer);
  dialling_.at(dial.target.id).connected = &session;
}

/// As if we had dialled it, at both ends; but one of them begins.
caf::result<peer_info> node_core::adopt(const node_id& id, const punched_stream& punched) {
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
  auto& session =
    open_session(std::move(stream), punched.initiator() ? std::optional{id} : std::nullopt);
  if (!punched.initiator()) {
    session.adopted = true;
    session.id = id;
    --opening_inbound_;
  }
  dialling_.emplace(id, opening_dial{next_dial_++, &session});
  return session.dialled = make_response_promise<peer_info>();
}

void node_core::on_dial_failed(std::uint64_t number, caf::error why) {
  auto i = dials_.find(number);
  if (i == dials_.end())
    return;
  auto dial = std::move(i->second);
  dials_.erase(i);
  dialling_.erase(dial.target.id);
  auto code =
    why.category() == caf::atom("devp2p") ? static_cast<errc>(why.code()) : errc::network_failure;
  dial.answer.deliver(caf::make_error(code, to_string(dial.target.address)));
}

} // namespace devp2p
