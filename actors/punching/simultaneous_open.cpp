// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/punching/simultaneous_open.hpp"

#include "devp2p/actors/punching/retire.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/nat/byte_order.hpp"

#include <exception>
#include <utility>

namespace devp2p {

namespace {

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
    [this](tick_atom) {
      alarm_.on_tick(now());
      go_on();
    },
  };
}

void simultaneous_open::on_exit() {
  // The caller still waits if an exception has ended the actor.
  deliver(answer_, caf::make_error(errc::shutting_down));
  answer_ = {}; // Without a caller, it would keep this actor.
  plan_.reset();
  puncher_ = nullptr;
  connecting_ = {};
  middle_ = {};
  dial_.reset();
  peer_.reset();
}

caf::result<connected_stream> simultaneous_open::start() {
  answer_ = make_response_promise<connected_stream>();
  local_ = {setup_->local.host, 0};
  plan_.emplace(with_, setup_->rendezvous, local_, setup_->settings.patience, now());
  go_on();
  return answer_;
}

/// Does what is due. Called only in a message's turn, because the actor may end here.
void simultaneous_open::go_on() {
  if (broken_)
    return fail(broken_);
  if (!plan_)
    return;
  auto step = plan_->on_time(now(), middle_[0] || connecting_[0]);
  if (step.connects)
    connect(0);
  ask(step.questions);
  if (step.failed)
    return fail(caf::make_error(step.failed->code, step.failed->detail));
  if (step.drops_dial)
    dial_.reset();
  if (step.dials)
    dial();
  if (auto delay = alarm_.set(step.next, now()))
    send_later(*delay, tick_atom_v);
}

bool simultaneous_open::is_under_way() const {
  return plan_ && plan_->where() != nat::dial_plan::phase::over;
}

// The rendezvous.

std::optional<endpoint> simultaneous_open::site(std::size_t which) const {
  return which == 0 ? setup_->rendezvous.first : setup_->rendezvous.second;
}

void simultaneous_open::connect(std::size_t which) {
  if (auto to = site(which))
    connecting_[which] =
      network_.dial_from(local_, *to, [this, which](expected<std::unique_ptr<net::stream>> x) {
        on_connected(which, std::move(x));
      });
}

void simultaneous_open::on_connected(std::size_t which,
                                     expected<std::unique_ptr<net::stream>> outcome) {
  auto turn = enter_from_network();
  anon_send_to(this, tick_atom_v);
  connecting_[which].reset();
  if (!outcome) {
    if (which == 0)
      plan_->on_unconnected(outcome.error());
    return;
  }
  middle_[which] = std::make_unique<punch_channel>(std::move(*outcome));
  listen_to(which);
  if (plan_->where() == nat::dial_plan::phase::connecting)
    introduce_ourselves();
}

void simultaneous_open::introduce_ourselves() {
  local_.port = middle_[0]->stream().local().port;
  byte_array<16> nonce{};
  if (!draw(nonce))
    return;
  plan_->on_connected(nonce, now());
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
    anon_send_to(this, tick_atom_v);
    if (!came) {
      middle_[which].reset();
      return;
    }
    auto message = nat::decode_punch_message(*came);
    if (const auto* told = message ? std::get_if<nat::answer>(&*message) : nullptr)
      plan_->on_answer(*site(which), *told, now());
    listen_to(which);
  });
}

void simultaneous_open::ask(const std::vector<nat::outgoing>& questions) {
  for (const auto& each : questions)
    for (std::size_t i = 0; i < middle_.size(); ++i)
      if (each.to == site(i) && middle_[i] && !middle_[i]->write(each.content))
        middle_[i].reset();
}

// The other side.

void simultaneous_open::dial() {
  dial_ =
    network_.dial_from(local_, plan_->peer(), [this](expected<std::unique_ptr<net::stream>> x) {
      on_dialled(std::move(x));
    });
}

void simultaneous_open::on_dialled(expected<std::unique_ptr<net::stream>> outcome) {
  auto turn = enter_from_network();
  anon_send_to(this, tick_atom_v);
  dial_.reset();
  if (!outcome)
    return plan_->on_dropped(now());
  plan_->on_dialled();
  peer_ = std::make_unique<punch_channel>(std::move(*outcome));
  byte_array<8> number{};
  if (!draw(number))
    return;
  exchange_.emplace(with_.own, plan_->probe_key(), nat::number_at<std::uint64_t>(number, 0));
  write_to_peer(exchange_->first());
}

/// Writes a message, and reads the next one.
void simultaneous_open::write_to_peer(const nat::punch_datagram& out) {
  if (!peer_->write(out))
    return drop_peer();
  peer_->read([this](const std::optional<nat::punch_datagram>& came) {
    auto turn = enter_from_network();
    if (came)
      on_message(*came);
    else
      drop_peer();
  });
}

void simultaneous_open::on_message(const nat::punch_datagram& came) {
  auto outcome = exchange_->on_datagram(came);
  if (const auto* answer = std::get_if<nat::punch_datagram>(&outcome))
    return write_to_peer(*answer);
  if (std::holds_alternative<nat::probe_exchange::refused>(outcome))
    return drop_peer();
  plan_->end();
  retire(puncher_, address());
  deliver(answer_, connected_stream{droppable_anywhere(std::move(*peer_).release()),
                                    with_.own == nat::side::first});
}

void simultaneous_open::drop_peer() {
  peer_.reset();
  plan_->on_dropped(now());
  anon_send_to(this, tick_atom_v);
}

void simultaneous_open::fail(const caf::error& why) {
  if (is_under_way()) {
    plan_->end();
    retire(puncher_, address());
    deliver(answer_, why);
  }
  quit(why);
}

} // namespace devp2p
