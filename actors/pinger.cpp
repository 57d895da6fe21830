// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/pinger.hpp"

namespace devp2p {

pinger_actor::behavior_type pinger(pinger_actor::stateful_pointer<pinger_state> self,
                                   peer_actor peer, supervisor_actor supervisor,
                                   const settings& limits) {
  self->delayed_send(self, limits.ping_interval, tick_atom::value);
  return {
    [=](pong_atom, caf::timespan taken) {
      self->state.remote.on_pong(taken);
      self->send(supervisor, self->state.remote.times());
    },
    [=, interval = limits.ping_interval, misses = limits.max_missed_pings](tick_atom) {
      auto on_frames = [=](std::uint64_t frames) {
        self->state.remote.on_interval(frames);
        if (self->state.remote.silent_intervals() >= misses)
          self->quit(caf::make_error(errc::ping_timeout));
      };
      // If the peer is gone, so will we be: the supervisor sees to it.
      auto on_error = [](const caf::error&) {};
      self->request(peer, caf::infinite, ping_atom::value, pinger_actor{self})
        .then(on_frames, on_error);
      self->delayed_send(self, interval, tick_atom::value);
    },
  };
}

} // namespace devp2p
