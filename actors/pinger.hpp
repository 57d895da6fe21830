// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/pinged_sessions.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/messages/session.hpp"

#include <memory>

namespace devp2p {

/// Has all peers of a loop ping their remotes, each in every `settings::ping_interval`. Keeps
/// nothing that its successor would miss, so that it may fail at any time.
class pinger : public pinned<pinger_actor::base> {
public:
  pinger(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
         std::shared_ptr<pinged_sessions> sessions);

  const char* name() const override { return "pinger"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  /// The maximum number of peers that are told in one turn.
  static constexpr int max_told = 64;

  void look();

  std::shared_ptr<pinged_sessions> sessions_;
};

} // namespace devp2p
