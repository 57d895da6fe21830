// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/punching/hole_keeper.hpp"

#include "devp2p/actors/punching/retire.hpp"
#include "devp2p/messages/caf.hpp"

#include <utility>

namespace devp2p {

hole_keeper::hole_keeper(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                         net::network& network, std::shared_ptr<const puncher_config> setup,
                         const node_id& remote, const nat::meeting_key& with,
                         puncher_self_actor puncher)
  : pinned(config, std::move(unit)),
    setup_(std::move(setup)),
    remote_(remote),
    puncher_(std::move(puncher)),
    network_(network),
    punch_(with, setup_->rendezvous, *setup_->random, now(), setup_->settings) {}

hole_keeper::behavior_type hole_keeper::make_behavior() {
  set_exit_handler([this](const caf::exit_msg&) {
    answer_all(caf::make_error(errc::shutting_down));
    quit(caf::exit_reason::user_shutdown);
  });
  return {
    [this](punch_atom) { return wait(); },
    [this](tick_atom) { on_tick(); },
  };
}

void hole_keeper::on_exit() {
  socket_.reset();
  answer_all(caf::make_error(errc::shutting_down)); // Callers wait if an exception ended it.
  puncher_ = nullptr;
}

caf::result<hole> hole_keeper::wait() {
  if (!over_)
    if (auto why = bind())
      fail(why);
  if (over_)
    return over_;
  if (is_fresh())
    return current();
  if (waiting_.size() == max_waiting)
    return caf::make_error(errc::too_many_pending);
  auto& place = waiting_.emplace_back(); // First: a promise without a place is never kept.
  auto mine = place = make_response_promise<hole>();
  send_all(punch_.check(now()));
  go_on();
  return mine;
}

/// Binds the UDP port, unless it is bound already.
caf::error hole_keeper::bind() {
  if (socket_)
    return {};
  auto socket = network_.bind(setup_->local);
  if (!socket)
    return caf::make_error(socket.error(), to_string(setup_->local));
  socket_ = std::move(*socket);
  socket_->receive([this](const endpoint& from, byte_view content) { on_datagram(from, content); });
  return {};
}

void hole_keeper::on_datagram(const endpoint& from, byte_view content) {
  auto turn = enter_from_network();
  auto before = punch_.where();
  send_all(punch_.on_datagram(from, content, now()));
  // The actor may end only in a message's turn.
  if (punch_.where() != before || (!waiting_.empty() && is_fresh()))
    anon_send_to(this, tick_atom_v);
  go_on();
}

void hole_keeper::on_tick() {
  if (over_)
    return;
  alarm_.on_tick(now());
  go_on();
  settle();
}

void hole_keeper::go_on() {
  // A cookie of the rendezvous is returned at once.
  if (punch_.next() <= now())
    send_all(punch_.on_time(now()));
  auto next = punch_.where() == nat::punch::phase::over ? now() : punch_.next();
  if (auto delay = alarm_.set(next, now()))
    send_later(*delay, tick_atom_v);
}

void hole_keeper::send_all(const std::vector<nat::outgoing>& what) {
  for (const auto& each : what)
    socket_->send(each.to, each.content);
}

/// Answers the waiting callers if the hole is open and fresh, or has failed.
void hole_keeper::settle() {
  if (is_fresh()) {
    for (auto& who : std::exchange(waiting_, {}))
      deliver(who, current());
  } else if (punch_.where() == nat::punch::phase::over) {
    auto why = caf::make_error(punch_.failed()->code, punch_.failed()->detail);
    auto lost = punch_.hole() ? std::optional{current()} : std::nullopt;
    fail(why);
    if (lost)
      anon_send_to(puncher_, hole_lost{std::move(*lost), why});
  }
}

bool hole_keeper::is_fresh() {
  return punch_.where() == nat::punch::phase::open && now() - punch_.heard() <= fresh;
}

void hole_keeper::fail(const caf::error& why) {
  over_ = why;
  socket_.reset();
  retire(puncher_, address());
  answer_all(why);
}

void hole_keeper::answer_all(const caf::error& why) {
  for (auto& who : std::exchange(waiting_, {}))
    deliver(who, why);
}

hole hole_keeper::current() const {
  return {remote_, socket_->local(), punch_.client().observed().value_or(endpoint{}),
          punch_.hole()->remote, punch_.hole()->round_trip};
}

} // namespace devp2p
