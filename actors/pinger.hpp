// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/liveness.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/messages/session.hpp"
#include "devp2p/messages/settings.hpp"

#include <memory>

namespace devp2p {

/// Has `peer` ping its remote every `settings::ping_interval`, and tells `supervisor` the
/// round-trip times. Ends with `errc::ping_timeout` when `settings::max_missed_pings` intervals
/// have passed without a frame from the remote.
class pinger : public pinned<pinger_actor::base> {
public:
  pinger(caf::actor_config& config, std::shared_ptr<loop_unit> unit, peer_actor peer,
         supervisor_actor supervisor, const settings& limits);

  const char* name() const override { return "pinger"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void on_interval();

  peer_actor peer_;
  supervisor_actor supervisor_;
  const caf::timespan interval_;
  const unsigned max_missed_;
  liveness remote_;
};

} // namespace devp2p
