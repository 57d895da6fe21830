// SPDX-License-Identifier: BSL-1.0
//
// The ways from a node to others: it dials, or adopts connections that somebody else has opened.
#include "devp2p/actors/node_behavior.hpp"

#include <utility>
#include <variant>

namespace devp2p {

caf::result<peer_info> node::dial(const enode& target) {
  if (stopping_)
    return errc::shutting_down;
  if (auto banned = refused_by_ban(target.id, target.address))
    return banned;
  const auto number = callers_.next_dial();
  try {
    auto place = node_callers::place_for(number);
    auto outcome = sessions_.dial(target.id, number, current_sender() != nullptr);
    if (const auto* refused = std::get_if<session_table::refusal>(&outcome))
      return to_error(*refused);
    if (const auto* met = std::get_if<session_table::dial_is_met>(&outcome))
      answer_from(*sessions_.find(met->by), number);
    else if (const auto* joins = std::get_if<session_table::dial_joins>(&outcome))
      let_in(joins->with); // Whom we dial is no stranger.
    else
      begin_dial(target, number);
    return answer_later(std::move(place));
  } catch (...) {
    sessions_.give_up(target.id, number);
    dials_.erase(number);
    throw;
  }
}

void node::begin_dial(const enode& target, dial_number number) {
  auto& dial = dials_[number];
  dial.target = target;
  node_self_actor self{this};
  dial.attempt = network_.dial(target.address, [self, number](auto outcome) {
    tell_outcome(self, std::move(outcome), dial_atom_v, number);
  });
  send_later(config_->limits.dial_timeout, tick_atom_v, number);
}

/// Opens a session on a connection that both ends count as a dial; `initiator` says which end
/// begins the handshake.
caf::result<peer_info> node::adopt(const node_id& id, const connected_stream& punched) {
  if (stopping_)
    return errc::shutting_down;
  const auto number = callers_.next_dial();
  auto place = node_callers::place_for(number);
  if (auto refused = sessions_.adopt(id, number, current_sender() != nullptr))
    return to_error(*refused);
  auto stream = punched.take();
  caf::error refused = errc::end_of_stream;
  if (stream)
    survive([&](const caf::error& why) { refused = why ? why : errc::out_of_memory; },
            [&] { refused = refused_by_ban(id, stream->remote()); });
  if (refused) {
    sessions_.give_up(id, number);
    return refused;
  }
  auto* session =
    open_session(std::move(stream), punched.initiator() ? std::optional{id} : std::nullopt);
  if (!session) {
    sessions_.give_up(id, number);
    return errc::out_of_memory;
  }
  sessions_.connect(id, *session);
  return answer_later(std::move(place));
}

void node::on_dialled(dial_number number, shared_stream stream) {
  auto i = dials_.find(number);
  if (i == dials_.end() || !stream)
    return;
  const auto id = i->second.target.id;
  // The address of a name is known only now.
  if (auto banned = refused_by_ban(id, stream->remote()))
    return on_dial_failed(number, banned);
  auto* session = open_session(std::move(stream), id);
  if (!session)
    return on_dial_failed(number, caf::make_error(errc::out_of_memory));
  sessions_.connect(id, *session);
  dials_.erase(i);
}

void node::on_dial_failed(dial_number number, const caf::error& why) {
  auto i = dials_.find(number);
  if (i == dials_.end())
    return;
  auto dial = std::move(i->second);
  dials_.erase(i);
  sessions_.give_up(dial.target.id, number);
  if (why == errc::banned)
    return deliver(callers_.take_dial(number), why);
  const auto code = errc_of(why).value_or(errc::network_failure);
  survive([](const caf::error&) {}, [&] { ++counts_.failed_dials[code]; });
  deliver(callers_.take_dial(number),
          caf::make_error(code, printable(to_string(dial.target.address))));
}

/// Returns the promise of an answer to the caller of that dial. Does not throw.
caf::result<peer_info> node::answer_later(node_callers::place where) {
  auto has_caller = current_sender() != nullptr; // The promise takes the sender along.
  auto promise = make_response_promise<peer_info>();
  if (has_caller)
    callers_.add(std::move(where), promise);
  return promise;
}

} // namespace devp2p
