// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/pinger.hpp"

#include "devp2p/messages/caf.hpp"

#include <utility>

namespace devp2p {

pinger::pinger(caf::actor_config& config, std::shared_ptr<loop_unit> unit, peer_actor peer,
               supervisor_actor supervisor, const settings& limits)
  : pinned(config, std::move(unit)),
    peer_(std::move(peer)),
    supervisor_(std::move(supervisor)),
    interval_(limits.ping_interval),
    max_missed_(limits.max_missed_pings) {}

pinger::behavior_type pinger::make_behavior() {
  send_later(interval_, tick_atom_v);
  return {
    [this](pong_atom, caf::timespan taken) {
      remote_.on_pong(taken);
      send_to(this, supervisor_, remote_.times());
    },
    [this](tick_atom) { on_interval(); },
  };
}

void pinger::on_exit() {
  peer_ = nullptr;
  supervisor_ = nullptr;
}

void pinger::on_interval() {
  auto on_frames = [this](std::uint64_t frames) {
    remote_.on_interval(frames);
    if (remote_.silent_intervals() >= max_missed_)
      quit(caf::make_error(errc::ping_timeout));
  };
  // If the peer is gone, the supervisor ends this actor, too.
  auto on_error = [](const caf::error&) {};
  request_from(this, peer_, caf::infinite, ping_atom_v, pinger_actor{this})
    .then(on_frames, on_error);
  send_later(interval_, tick_atom_v);
}

} // namespace devp2p
