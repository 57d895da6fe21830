// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/link_keeper.hpp"

#include "devp2p/messages/caf.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::simulator {

link_keeper::link_keeper(caf::actor_config& config, node_actor node, puncher_actor puncher,
                         std::vector<kept_link> others, caf::timespan redial_after,
                         node_observer observer)
  : link_keeper_actor::base(config),
    node_(std::move(node)),
    puncher_(std::move(puncher)),
    others_(std::move(others)),
    redial_after_(redial_after),
    observer_(std::move(observer)) {
  monitor(node_);
  set_down_handler([this](const caf::down_msg&) { quit(); });
}

link_keeper::behavior_type link_keeper::make_behavior() {
  anon_send_to(node_, subscribe_atom_v, caf::actor_cast<subscriber_actor>(this));
  for (std::size_t i = 0; i < others_.size(); ++i)
    if (others_[i].delay.count() == 0)
      dial(i);
    else
      send_later_to(this, others_[i].delay, this, dial_atom_v, i);
  return {
    [this](const peer_added& x) { observer_.added(x); },
    [this](const peer_dropped& x) {
      observer_.dropped(x);
      auto lost = std::find_if(others_.begin(), others_.end(),
                               [&](const kept_link& link) { return link.other.id == x.id; });
      if (lost != others_.end())
        redial(static_cast<std::size_t>(lost - others_.begin()));
    },
    [this](const session_failed& x) { observer_.failed(x); },
    [](const message_event&) {},
    [this](dial_atom, std::size_t index) { dial(index); },
  };
}

void link_keeper::on_exit() {
  demonitor(node_.address());
  node_ = nullptr;
  puncher_ = nullptr;
}

void link_keeper::dial(std::size_t index) {
  if (others_[index].punched)
    return punch(index);
  request_from(this, node_, caf::infinite, dial_atom_v, others_[index].other)
    .then([](const peer_info&) {},
          [this, index](const caf::error& why) { on_no_session(index, why); });
}

void link_keeper::punch(std::size_t index) {
  const auto& id = others_[index].other.id;
  request_from(this, puncher_, caf::infinite, dial_atom_v, id)
    .then(
      [this, index, id](const connected_stream& connection) {
        request_from(this, node_, caf::infinite, adopt_atom_v, id, connection)
          .then([](const peer_info&) {},
                [this, index](const caf::error& why) { on_no_session(index, why); });
      },
      [this, index, id](const caf::error& why) {
        observer_.not_punched(id, why);
        redial(index);
      });
}

void link_keeper::on_no_session(std::size_t index, const caf::error& why) {
  // An existing session will end some day, and `peer_dropped` will report it.
  if (why != caf::make_error(errc::already_connected))
    redial(index);
}

void link_keeper::redial(std::size_t index) {
  send_later_to(this, redial_after_ + others_[index].delay, this, dial_atom_v, index);
}

} // namespace devp2p::simulator
