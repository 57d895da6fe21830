// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/disordered_handler.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/actor_cast.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <utility>

namespace devp2p::simulator {

namespace {

/// The interface, with a timer: the message of that number has waited long enough.
using disorderly_actor = handler_actor::extend<reacts_to<tick_atom, std::uint64_t>>;

class disorderly : public disorderly_actor::base {
public:
  disorderly(caf::actor_config& config, handler_actor handler, message_disorder& disorder)
    : disorderly_actor::base(config),
      handler_(std::move(handler)),
      disorder_(disorder) {}

  behavior_type make_behavior() override {
    monitor(handler_);
    // Kills the handler if this is killed.
    link_to(handler_);
    set_down_handler([this](caf::down_msg& x) { quit(std::move(x.reason)); });
    set_exit_handler([this](caf::exit_msg& x) {
      if (x.source != handler_)
        send_exit(handler_, std::move(x.reason));
    });
    return {
      [this](packet& message) { take(std::move(message)); },
      [this](tick_atom, std::uint64_t number) {
        if (auto late = messages_.release(number))
          anon_send_to(handler_, std::move(*late));
      },
    };
  }

  const char* name() const override { return "disorderly"; }

private:
  void take(packet message) {
    const auto before = messages_.count();
    for (auto& x : messages_.take(std::move(message), disorder_.next()))
      anon_send_to(handler_, std::move(x));
    if (messages_.count() != before)
      send_later_to(this, longest_wait, disorderly_actor{this}, tick_atom_v, messages_.count());
  }

  void on_exit() override { handler_ = nullptr; }

  handler_actor handler_;
  message_disorder& disorder_;
  disordered_messages messages_;
};

} // namespace

handler_actor disordered(caf::actor_system& system, const handler_actor& handler,
                         message_disorder& disorder) {
  return caf::actor_cast<handler_actor>(system.spawn<disorderly>(handler, disorder));
}

} // namespace devp2p::simulator
