// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/pinger.hpp"

#include "devp2p/messages/caf.hpp"

#include <utility>

namespace devp2p {

pinger::pinger(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
               std::shared_ptr<pinged_sessions> sessions)
  : pinned(config, std::move(unit)),
    sessions_(std::move(sessions)) {}

pinger::behavior_type pinger::make_behavior() {
  anon_send_to(this, tick_atom_v);
  return {[this](tick_atom) { look(); }};
}

void pinger::on_exit() {
  if (sessions_)
    sessions_->on_end(id());
  sessions_ = nullptr;
}

/// Tells the peers that are due, and looks again when others are.
void pinger::look() {
  auto& all = sessions_->all();
  const auto now = clock().now();
  for (int told = 0; const auto* peer = all.due(now); ++told) {
    if (told == max_told) // Others have their turns first.
      return anon_send_to(this, tick_atom_v);
    anon_send_to(*peer, ping_atom_v);
    all.on_pinged(now);
  }
  if (auto next = all.next_due())
    send_later(*next - now, tick_atom_v);
  else
    quit();
}

} // namespace devp2p
