// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/mutual_dialer.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

mutual_dialer::mutual_dialer(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                             net::network& network, std::shared_ptr<const puncher_config> setup,
                             const nat::appointment& with)
  : pinned(config, std::move(unit)),
    network_(network),
    setup_(std::move(setup)),
    with_(with) {}

mutual_dialer::behavior_type mutual_dialer::make_behavior() {
  set_exit_handler([this](const caf::exit_msg&) { fail(caf::make_error(errc::shutting_down)); });
  return {
    [this](dial_atom) { return start(); },
    [this](tick_atom) { on_tick(); },
  };
}

void mutual_dialer::on_exit() {
  state_ = state::done;
  connecting_ = {};
  middle_ = {};
  dial_.reset();
  peer_.reset();
}

caf::result<punched_stream> mutual_dialer::start() {
  answer_ = make_response_promise<punched_stream>();
  state_ = state::connecting;
  deadline_ = now() + max_connecting;
  local_ = {setup_->local.host, 0};
  connect(0);
  wake_at(deadline_);
  return answer_;
}

void mutual_dialer::on_tick() {
  if (now() >= awake_)
    awake_ = time_point::max();
  go_on();
}

/// Only in a message's turn: it may end.
void mutual_dialer::go_on() {
  const auto late = now() >= deadline_;
  switch (state_) {
  case state::connecting:
    if (late)
      fail(caf::make_error(errc::rendezvous_silent, to_string(setup_->rendezvous.first)));
    return;
  case state::introducing:
    ask();
    if (const auto& why = introduction_->failed())
      return fail(caf::make_error(why->code, why->detail));
    if (introduction_->met()) {
      state_ = state::dialling;
      next_dial_ = introduction_->met()->starts;
      deadline_ = next_dial_ + max_dialling;
      return go_on();
    }
    return wake_at(introduction_->next());
  case state::dialling:
  case state::confirming: {
    // What the NATs are like may still have to be found out.
    ask();
    if (late) {
      auto why = introduction_->why_unreachable();
      return fail(caf::make_error(why.code, why.detail));
    }
    auto due = std::min(deadline_, introduction_->next());
    if (state_ == state::dialling && !dial_) {
      if (now() >= next_dial_)
        dial();
      else
        due = std::min(due, next_dial_);
    }
    return wake_at(due);
  }
  case state::idle:
  case state::done:
    return;
  }
}

void mutual_dialer::wake_at(time_point when) {
  if (when >= awake_)
    return;
  awake_ = when;
  send_later(std::max(when - now(), time_point::duration{0}), tick_atom::value);
}

// -- the rendezvous -----------------------------------------------------------

std::optional<endpoint> mutual_dialer::site(std::size_t which) const {
  return which == 0 ? setup_->rendezvous.first : setup_->rendezvous.second;
}

void mutual_dialer::connect(std::size_t which) {
  if (auto to = site(which))
    connecting_[which] =
      network_.dial_from(local_, *to, [this, which](expected<std::unique_ptr<net::stream>> x) {
        on_connected(which, std::move(x));
      });
}

void mutual_dialer::on_connected(std::size_t which,
                                 expected<std::unique_ptr<net::stream>> outcome) {
  auto turn = enter_from_network();
  if (!outcome) {
    if (which == 0)
      deadline_ = now();
    caf::anon_send(this, tick_atom::value);
    return;
  }
  middle_[which] = std::make_unique<message_link>(std::move(*outcome));
  listen_to(which);
  if (which == 0) {
    local_.port = middle_[0]->stream().local().port;
    nat::octets_16 nonce{};
    setup_->random->fill(nonce);
    introduction_.emplace(with_, transport::tcp, setup_->rendezvous, nonce, now(),
                          setup_->settings.patience);
    state_ = state::introducing;
    connect(1);
  }
  caf::anon_send(this, tick_atom::value);
}

void mutual_dialer::listen_to(std::size_t which) {
  middle_[which]->read([this, which](const std::optional<nat::punch_datagram>& came) {
    auto turn = enter_from_network();
    caf::anon_send(this, tick_atom::value);
    if (!came) {
      middle_[which].reset();
      return;
    }
    auto message = nat::decode_punch_message(*came);
    if (const auto* told = message ? std::get_if<nat::answer>(&*message) : nullptr)
      introduction_->on_answer(*site(which), *told, now());
    listen_to(which);
  });
}

void mutual_dialer::ask() {
  for (const auto& each : introduction_->on_time(now()))
    for (std::size_t i = 0; i < middle_.size(); ++i)
      if (each.to == site(i) && middle_[i] && !middle_[i]->write(each.content))
        middle_[i].reset();
}

// -- the other side -----------------------------------------------------------

void mutual_dialer::dial() {
  dial_ = network_.dial_from(
    local_, introduction_->met()->peer,
    [this](expected<std::unique_ptr<net::stream>> x) { on_dialled(std::move(x)); });
}

void mutual_dialer::on_dialled(expected<std::unique_ptr<net::stream>> outcome) {
  auto turn = enter_from_network();
  caf::anon_send(this, tick_atom::value);
  next_dial_ = now() + retry;
  dial_.reset();
  if (!outcome)
    return;
  peer_ = std::make_unique<message_link>(std::move(*outcome));
  if (!peer_->write(encode(own_probe()))) {
    peer_.reset();
    return;
  }
  state_ = state::confirming;
  peer_->read([this](const std::optional<nat::punch_datagram>& came) {
    auto turn = enter_from_network();
    on_confirmed(came);
  });
}

nat::probe mutual_dialer::own_probe() const {
  nat::probe out{.from = with_.own, .confirmed = true, .number = 1};
  out.tag = tag_of(out, introduction_->probe_key());
  return out;
}

void mutual_dialer::on_confirmed(const std::optional<nat::punch_datagram>& came) {
  auto message = came ? nat::decode_punch_message(*came) : std::nullopt;
  const auto* told = message ? std::get_if<nat::probe>(&*message) : nullptr;
  auto genuine = told && told->from != with_.own &&
                 nat::equal_secrets(told->tag, tag_of(*told, introduction_->probe_key()));
  if (genuine) {
    state_ = state::done;
    answer_.deliver(punched_stream{std::move(*peer_).release(), with_.own == nat::side::first});
    caf::anon_send_exit(this, caf::exit_reason::user_shutdown);
    return;
  }
  peer_.reset();
  state_ = state::dialling;
  next_dial_ = now() + retry;
  caf::anon_send(this, tick_atom::value);
}

void mutual_dialer::fail(const caf::error& why) {
  if (state_ != state::done && state_ != state::idle)
    answer_.deliver(why);
  state_ = state::done;
  quit(why);
}

} // namespace devp2p
