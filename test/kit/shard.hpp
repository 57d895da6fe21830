// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/scenario.hpp"
#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace devp2p::kit {

class player;

/// Those who want to run a part of a simulated network come here.
using shard_door_actor = caf::typed_actor<
  // From a shard: may it be the part with this index? It runs the scenario with that digest.
  // Answered with how many parts there are, and whether it is measured who takes how much time.
  caf::replies_to<admit_atom, std::uint64_t, std::uint64_t>::with<std::uint64_t, bool>>;

/// Runs a part of a simulated network.
using shard_actor = caf::typed_actor<
  // From the coordinator: do what is due now, then let time pass until then. The parcels, as
  // `encode` writes them, have come from other parts. Answered with an encoded `shard_report`.
  caf::replies_to<tick_atom, caf::timespan, blob>::with<blob>,
  // From the coordinator, in the end. Answered with encoded `run_details`.
  caf::replies_to<info_atom>::with<blob>>;

/// The same scenarios have the same digest; others most probably not.
[[nodiscard]] std::uint64_t digest(const scenario& what);

/// What goes wrong between the parts, with a line for people; and what such an error, or another
/// one, says to them.
[[nodiscard]] caf::error shard_error(const std::string& what);
[[nodiscard]] std::string describe_shard_error(const caf::error& what);

/// Asks at the door for its place, and then plays its part of the scenario as it is told to: one
/// window of time after the other. Calculates for as long as a window takes, so it should be
/// detached.
///
/// Ends when it is sent an exit message; when the coordinator is gone, or does not let it in; and
/// when what it is sent makes no sense: then with an error that says so.
class shard : public shard_actor::base {
public:
  shard(caf::actor_config& config, scenario what, std::uint64_t index, shard_door_actor door);
  ~shard() override;

  const char* name() const override { return "shard"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void begin(std::uint64_t count, bool timed);
  caf::result<blob> play(caf::timespan until, const blob& arrivals);

  scenario what_;
  std::uint64_t index_;
  shard_door_actor door_;
  /// Since the last report.
  std::vector<happening> happenings_;
  std::unique_ptr<player> player_;
};

} // namespace devp2p::kit
