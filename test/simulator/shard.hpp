// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace devp2p::simulator {

class player;

/// Admits shards, each of which runs a part of a simulated network.
using shard_door_actor = caf::typed_actor<
  // From a shard: asks to be the part with this index, and gives the digest of its scenario.
  // Answered with the number of parts, and with whether the real time of actors is measured.
  replies_to<admit_atom, std::uint64_t, std::uint64_t>::with<std::uint64_t, bool>>;

/// Runs a part of a simulated network.
using shard_actor = caf::typed_actor<
  // From the coordinator: do the actions that are due now, then let time pass until the given time.
  // The blob has the segments that came from other parts, as `encode` writes them. Answered with an
  // encoded `shard_report`.
  replies_to<tick_atom, caf::timespan, blob>::with<blob>,
  // From the coordinator, at the end of the run. Answered with encoded `run_details`.
  replies_to<info_atom>::with<blob>>;

/// Returns a hash of the scenario: the same for the same scenario, and most probably another for
/// any other.
[[nodiscard]] std::uint64_t digest(const scenario& what);

/// Returns an error between the parts, with a line for a person.
[[nodiscard]] caf::error shard_error(const std::string& what);
/// Returns the line in such an error, or describes another error.
[[nodiscard]] std::string describe_shard_error(const caf::error& what);

/// Asks `door` for its place, then plays its part of the scenario as it is told to, one window of
/// time after the other. Calculates for as long as a window takes, so it should be detached.
///
/// Ends when it receives an exit message, when the coordinator is gone or does not let it in, and
/// when a message to it makes no sense: then with an error that says so.
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
  /// The events since the last report.
  std::vector<event> events_;
  std::unique_ptr<player> player_;
};

} // namespace devp2p::simulator
