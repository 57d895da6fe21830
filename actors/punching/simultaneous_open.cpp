// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/punching/simultaneous_open.hpp"

#include "devp2p/actors/punching/puncher_core.hpp"
#include "devp2p/nat/byte_order.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace devp2p {

namespace {

/// Returns whether the error concerns our own endpoint, and not the rendezvous.
bool is_ours(errc why) {
  return why == errc::address_not_available || why == errc::address_in_use ||
         why == errc::permission_denied || why == errc::invalid_endpoint;
}

/// Returns the same stream, whose last reference may be dropped on any thread: it is then destroyed
/// on its loop's thread.
std::shared_ptr<net::stream> droppable_anywhere(std::shared_ptr<net::stream> x) {
  auto* loop = x->loop();
  if (loop == nullptr)
    return x;
  auto* same = x.get();
  return {same, [loop, x = std::move(x)](net::stream*) mutable {
            try {
              loop->post([last = std::move(x)] {});
            } catch (const std::bad_alloc&) {
              return;
            }
          }};
}

} // namespace

simultaneous_open::simultaneous_open(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                                     net::network& network,
                                     std::shared_ptr<const puncher_config> setup,
                                     const nat::meeting_key& with, puncher_self_actor puncher)
  : pinned(config, std::move(unit)),
    network_(network),
    setup_(std::move(setup)),
    with_(with),
    puncher_(std::move(puncher)) {}

simultaneous_open::behavior_type simultaneous_open::make_behavior() {
  set_exit_handler([this](const caf::exit_msg&) { fail(caf::make_error(errc::shutting_down)); });
  return {
    [this](dial_atom) { return start(); },
    [this](tick_atom) { on_tick(); },
  };
}

void simultaneous_open::on_exit() {
  if (state_ != state::done && state_ != state::idle)
    answer_.deliver(caf::make_error(errc::shutting_down)); // An exception has ended the actor.
  state_ = state::done;
  puncher_ = nullptr;
  connecting_ = {};
  middle_ = {};
  dial_.reset();
  peer_.reset();
}

caf::result<connected_stream> simultaneous_open::start() {
  answer_ = make_response_promise<connected_stream>();
  state_ = state::connecting;
  deadline_ = now() + max_connecting;
  local_ = {setup_->local.host, 0};
  connect(0);
  wake_at(deadline_);
  return answer_;
}

void simultaneous_open::on_tick() {
  if (now() >= awake_)
    awake_ = time_point::max();
  go_on();
}

/// Does what is due. Called only in a message's turn, because the actor may end here.
void simultaneous_open::go_on() {
  if (broken_)
    return fail(broken_);
  switch (state_) {
  case state::connecting:
    if (unconnected_ && is_ours(*unconnected_))
      fail(caf::make_error(*unconnected_, to_string(local_)));
    else if (unconnected_ || now() >= deadline_)
      fail(caf::make_error(errc::rendezvous_silent, to_string(setup_->rendezvous.first)));
    return;
  case state::introducing:
    return go_on_introducing();
  case state::dialling:
  case state::confirming:
    return go_on_dialling();
  case state::idle:
  case state::done:
    return;
  }
}

void simultaneous_open::go_on_introducing() {
  if (!middle_[0] && !connecting_[0] && now() >= next_connect_)
    connect(0);
  ask();
  if (const auto& why = client_->failed())
    return fail(caf::make_error(why->code, why->detail));
  if (client_->met()) {
    state_ = state::dialling;
    return go_on_dialling();
  }
  // `next` is soon enough to connect to the rendezvous again, too.
  wake_at(client_->next());
}

void simultaneous_open::go_on_dialling() {
  // Whether the NATs are symmetric may still be unknown.
  ask();
  if (const auto& met = client_->met(); state_ == state::dialling && met->token != token_) {
    // The two sides have met, or the other side has begun anew. In the latter case, the dial under
    // way may wait forever.
    token_ = met->token;
    dial_.reset();
    next_dial_ = met->starts;
    deadline_ = std::min(next_dial_ + max_dialling, latest_);
  }
  if (now() >= deadline_) {
    auto why = client_->why_unreachable();
    return fail(caf::make_error(why.code, why.detail));
  }
  auto due = std::min(deadline_, client_->next());
  if (state_ == state::dialling && !dial_) {
    if (now() >= next_dial_)
      dial();
    else
      due = std::min(due, next_dial_);
  }
  wake_at(due);
}

void simultaneous_open::wake_at(time_point when) {
  if (when >= awake_)
    return;
  awake_ = when;
  send_later(std::max(when - now(), time_point::duration{0}), tick_atom::value);
}

// The rendezvous.

std::optional<endpoint> simultaneous_open::site(std::size_t which) const {
  return which == 0 ? setup_->rendezvous.first : setup_->rendezvous.second;
}

void simultaneous_open::connect(std::size_t which) {
  if (which == 0)
    next_connect_ = now() + reconnect;
  if (auto to = site(which))
    connecting_[which] =
      network_.dial_from(local_, *to, [this, which](expected<std::unique_ptr<net::stream>> x) {
        on_connected(which, std::move(x));
      });
}

void simultaneous_open::on_connected(std::size_t which,
                                     expected<std::unique_ptr<net::stream>> outcome) {
  auto turn = enter_from_network();
  caf::anon_send(this, tick_atom::value);
  connecting_[which].reset();
  if (!outcome) {
    if (which == 0)
      unconnected_ = outcome.error();
    return;
  }
  middle_[which] = std::make_unique<punch_channel>(std::move(*outcome));
  listen_to(which);
  if (state_ == state::connecting)
    introduce_ourselves();
}

void simultaneous_open::introduce_ourselves() {
  local_.port = middle_[0]->stream().local().port;
  byte_array<16> nonce{};
  if (!draw(nonce))
    return;
  client_.emplace(with_, transport::tcp, setup_->rendezvous, nonce, now(),
                  setup_->settings.patience);
  latest_ = client_->gives_up() + 2 * max_dialling;
  state_ = state::introducing;
  connect(1);
}

/// Fills `out` with random bytes. The generator is the application's. If it throws, returns false;
/// the actor then ends in its next message's turn.
bool simultaneous_open::draw(mutable_byte_view out) {
  try {
    setup_->random->fill(out);
    return true;
  } catch (...) {
    broken_ = error_of(std::current_exception(), errc::callback_failed);
    return false;
  }
}

void simultaneous_open::listen_to(std::size_t which) {
  middle_[which]->read([this, which](const std::optional<nat::punch_datagram>& came) {
    auto turn = enter_from_network();
    caf::anon_send(this, tick_atom::value);
    if (!came) {
      middle_[which].reset();
      return;
    }
    auto message = nat::decode_punch_message(*came);
    if (const auto* told = message ? std::get_if<nat::answer>(&*message) : nullptr)
      client_->on_answer(*site(which), *told, now());
    listen_to(which);
  });
}

void simultaneous_open::ask() {
  for (const auto& each : client_->on_time(now()))
    for (std::size_t i = 0; i < middle_.size(); ++i)
      if (each.to == site(i) && middle_[i] && !middle_[i]->write(each.content))
        middle_[i].reset();
}

// The other side.

void simultaneous_open::dial() {
  dial_ = network_.dial_from(
    local_, client_->met()->peer,
    [this](expected<std::unique_ptr<net::stream>> x) { on_dialled(std::move(x)); });
}

void simultaneous_open::on_dialled(expected<std::unique_ptr<net::stream>> outcome) {
  auto turn = enter_from_network();
  caf::anon_send(this, tick_atom::value);
  next_dial_ = now() + retry;
  dial_.reset();
  if (!outcome)
    return;
  peer_ = std::make_unique<punch_channel>(std::move(*outcome));
  byte_array<sizeof number_> luck{};
  if (!draw(luck))
    return;
  // A probe with 0 in `answers` answers no number.
  number_ = std::max<std::uint64_t>(nat::number_at<std::uint64_t>(luck, 0), 1);
  if (!tell_peer(0))
    return drop_peer();
  state_ = state::confirming;
  listen_to_peer();
}

void simultaneous_open::listen_to_peer() {
  peer_->read([this](const std::optional<nat::punch_datagram>& came) {
    auto turn = enter_from_network();
    if (auto told = came ? genuine(*came) : std::nullopt)
      on_probe(*told);
    else
      drop_peer();
  });
}

/// Handles a probe of the other side. Its first probe answers no number; the next one answers ours,
/// once the other side has received it.
void simultaneous_open::on_probe(const nat::probe& x) {
  if (x.answers == 0) {
    if (!tell_peer(x.number))
      return drop_peer();
    return listen_to_peer();
  }
  if (x.answers != number_)
    return drop_peer();
  state_ = state::done;
  retire(puncher_, address());
  answer_.deliver(connected_stream{droppable_anywhere(std::move(*peer_).release()),
                                   with_.own == nat::side::first});
}

void simultaneous_open::drop_peer() {
  peer_.reset();
  state_ = state::dialling;
  next_dial_ = now() + retry;
  caf::anon_send(this, tick_atom::value);
}

bool simultaneous_open::tell_peer(std::uint64_t answers) {
  nat::probe out{.from = with_.own,
                 .wants_answer = answers == 0,
                 .confirmed = answers != 0,
                 .number = number_,
                 .answers = answers};
  out.tag = tag_of(out, client_->probe_key());
  return peer_->write(encode(out));
}

std::optional<nat::probe> simultaneous_open::genuine(const nat::punch_datagram& came) const {
  auto message = nat::decode_punch_message(came);
  const auto* told = message ? std::get_if<nat::probe>(&*message) : nullptr;
  // A remote that reflects our own probes must not pass for the other side.
  if (!told || told->from == with_.own ||
      !nat::equal_secrets(told->tag, tag_of(*told, client_->probe_key())))
    return std::nullopt;
  return *told;
}

void simultaneous_open::fail(const caf::error& why) {
  if (state_ != state::done && state_ != state::idle) {
    retire(puncher_, address());
    answer_.deliver(why);
  }
  state_ = state::done;
  quit(why);
}

} // namespace devp2p
