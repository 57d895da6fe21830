// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/link_keeper.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace devp2p::kit {

link_keeper::link_keeper(caf::actor_config& config, node_actor node, std::vector<enode> others,
                         caf::timespan redial_after, node_observer observer)
  : link_keeper_actor::base(config),
    node_(std::move(node)),
    others_(std::move(others)),
    redial_after_(redial_after),
    observer_(std::move(observer)) {
  monitor(node_);
  set_down_handler([this](const caf::down_msg&) { quit(); });
}

link_keeper::behavior_type link_keeper::make_behavior() {
  caf::anon_send(node_, subscribe_atom::value, caf::actor_cast<subscriber_actor>(this));
  for (std::size_t i = 0; i < others_.size(); ++i)
    dial(i);
  return {
    [this](const peer_added& x) { observer_.added(x); },
    [this](const peer_dropped& x) {
      observer_.dropped(x);
      auto lost = std::find_if(others_.begin(), others_.end(),
                               [&](const enode& other) { return other.id == x.id; });
      if (lost != others_.end())
        redial(static_cast<std::size_t>(lost - others_.begin()));
    },
    [this](const session_failed& x) { observer_.failed(x); },
    [](const message_event&) {},
    [this](dial_atom, std::size_t index) { dial(index); },
  };
}

void link_keeper::on_exit() {
  node_ = nullptr;
}

void link_keeper::dial(std::size_t index) {
  request(node_, caf::infinite, dial_atom::value, others_[index])
    .then([](const peer_info&) {},
          [this, index](const caf::error& why) {
            // Its session will end some day, and then we are told.
            if (why != caf::make_error(errc::already_connected))
              redial(index);
          });
}

void link_keeper::redial(std::size_t index) {
  delayed_send(this, redial_after_, dial_atom::value, index);
}

} // namespace devp2p::kit
