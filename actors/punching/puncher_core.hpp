// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/audience.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/messages/traversal.hpp"

#include <map>

namespace devp2p {

/// Reports the end of the keeper or dialer `who`, which must call this before it tells its callers:
/// a caller may ask again at once, and must find `who` forgotten. `puncher` then ends it; until
/// then it still receives earlier requests.
void retire(const puncher_self_actor& puncher, const caf::actor_addr& who);

/// Owns a hole keeper for each hole and a mutual dialer for each dial, by the remote's id.
class puncher_core : public pinned<puncher_self_actor::base> {
public:
  /// The maximum number of holes and dials at a time.
  static constexpr std::size_t max_paths = 64;

  puncher_core(caf::actor_config& config, std::shared_ptr<loop_unit> unit, net::network& network,
               std::shared_ptr<const puncher_config> setup);

  const char* name() const override { return "puncher"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<hole> punch(const node_id& remote);
  caf::result<connected_stream> dial(const node_id& remote);
  /// Returns the meeting key with `remote`, or an error if a hole or dial cannot begin.
  caf::expected<nat::meeting_key> prepare(const node_id& remote) const;
  caf::expected<hole_keeper_actor> spawn_keeper(const node_id& remote,
                                                const nat::meeting_key& with);
  void on_down(const caf::actor_addr& gone);

  /// A reference to this actor, which keeps it alive until it quits.
  puncher_self_actor alive_;
  net::network& network_;
  const std::shared_ptr<const puncher_config> setup_;
  std::map<node_id, hole_keeper_actor> holes_;
  std::map<node_id, simultaneous_open_actor> dials_;
  audience<hole_subscriber_actor> subscribers_;
  system_end system_end_;
};

} // namespace devp2p
