// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/loop_unit.hpp"
#include "devp2p/actors/ping_schedule.hpp"
#include "devp2p/messages/session.hpp"
#include "devp2p/messages/settings.hpp"

#include <caf/actor_system.hpp>
#include <caf/fwd.hpp>

#include <memory>

namespace devp2p {

/// The running sessions of one node on one loop, and the pinger that serves them. There is a pinger
/// as long as there is a session. One that fails or is killed leaves them to another.
///
/// For the actors on that loop. Must be held by a `std::shared_ptr`.
class pinged_sessions : public std::enable_shared_from_this<pinged_sessions> {
public:
  using schedule = ping_schedule<peer_actor>;

  /// `unit` is that of the loop; null without a loop.
  pinged_sessions(caf::actor_system& system, std::shared_ptr<loop_unit> unit,
                  settings::duration interval);

  /// Has `who` sent a `ping_atom` in each interval from now on. Returns its number.
  [[nodiscard]] schedule::number add(peer_actor who, schedule::time_point now);
  /// Removes that session. Precondition: it was added.
  void remove(schedule::number which) noexcept;

  // For the pinger.

  [[nodiscard]] schedule& all() { return all_; }
  /// Must be called when the pinger with that id ends.
  void on_end(caf::actor_id pinger);

private:
  void spawn_pinger();

  caf::actor_system& system_;
  const std::shared_ptr<loop_unit> unit_;
  schedule all_;
  /// Null if there is no session.
  pinger_actor pinger_;
};

} // namespace devp2p
