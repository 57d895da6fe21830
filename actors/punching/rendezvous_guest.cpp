// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/punching/rendezvous_guest.hpp"

#include "devp2p/messages/caf.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

rendezvous_guest::rendezvous_guest(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                                   std::shared_ptr<net::stream> stream, std::size_t which,
                                   rendezvous_self_actor rendezvous)
  : pinned(config, std::move(unit)),
    link_(std::make_unique<punch_channel>(std::move(stream))),
    which_(which),
    rendezvous_(std::move(rendezvous)) {}

rendezvous_guest::behavior_type rendezvous_guest::make_behavior() {
  read();
  send_later(max_silence, tick_atom_v);
  return {
    [this](const blob& answer) { on_answer(answer.view()); },
    [this](tick_atom) {
      if (!std::exchange(heard_, false) || --ticks_left_ == 0)
        return quit();
      send_later(max_silence, tick_atom_v);
    },
  };
}

void rendezvous_guest::on_exit() {
  link_.reset();
  rendezvous_ = nullptr;
}

void rendezvous_guest::on_answer(byte_view answer) {
  // An empty answer means too many questions from this address. Other hosts there may have caused
  // that, so reading goes on, but after a pause: the actor then sends itself this message once
  // more.
  if (answer.empty() && !std::exchange(resting_, !resting_))
    return send_later(rest, blob{});
  if (!answer.empty()) {
    nat::punch_datagram message{};
    if (answer.size() != message.size())
      return quit();
    std::ranges::copy(answer, message.begin());
    if (!link_->write(message))
      return quit();
  }
  read();
}

void rendezvous_guest::read() {
  link_->read([this](const std::optional<nat::punch_datagram>& came) {
    auto turn = enter_from_network();
    heard_ = true;
    auto message = came ? nat::decode_punch_message(*came) : std::nullopt;
    if (!message || !std::holds_alternative<nat::question>(*message))
      return caf::anon_send_exit(this, caf::exit_reason::user_shutdown);
    anon_send_to(rendezvous_, ask_atom_v, rendezvous_guest_actor{this}, which_,
                 link_->stream().remote(), blob{bytes{came->begin(), came->end()}});
  });
}

} // namespace devp2p
