// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/audience.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/puncher.hpp"
#include "devp2p/actors/system_end.hpp"

#include <map>

namespace devp2p {

/// For a keeper or a dialer that has come to its end, before it tells anybody: who is told asks
/// again at once, perhaps, and must find it forgotten. `puncher` then ends it; until then it is
/// still sent those who have asked before.
void take_leave(const puncher_core_actor& puncher, const caf::actor_addr& who);

/// Has a hole keeper for each hole and a mutual dialer for each dial, and remembers which is whose.
class puncher_core : public pinned<puncher_core_actor::base> {
public:
  /// Holes and dials at a time.
  static constexpr std::size_t max_paths = 64;

  puncher_core(caf::actor_config& config, std::shared_ptr<loop_unit> unit, net::network& network,
               std::shared_ptr<const puncher_config> setup);

  const char* name() const override { return "puncher"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<hole> punch(const node_id& remote);
  caf::result<punched_stream> dial(const node_id& remote);
  /// Whether we may begin; with whom we meet then.
  caf::expected<nat::appointment> prepare(const node_id& remote) const;
  caf::expected<hole_keeper_actor> spawn_keeper(const node_id& remote,
                                                const nat::appointment& with);
  void on_down(const caf::actor_addr& gone);

  puncher_core_actor alive_;
  net::network& network_;
  const std::shared_ptr<const puncher_config> setup_;
  std::map<node_id, hole_keeper_actor> holes_;
  std::map<node_id, mutual_dialer_actor> dials_;
  audience<hole_subscriber_actor> subscribers_;
  system_end system_end_;
};

} // namespace devp2p
