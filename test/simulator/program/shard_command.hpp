// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/remote/middleman.hpp"
#include "devp2p/messages/endpoint.hpp"
#include "devp2p/simulator/program/simulate_command.hpp"
#include "devp2p/simulator/program/simulator_call.hpp"
#include "devp2p/simulator/shard_group.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace devp2p::tool {

/// The options of a simulation in several processes, its shards: how they find each other.
struct shard_options {
  simulate_options simulate;
  /// The number of shards; for the coordinator.
  std::size_t count = 0;
  /// The endpoint at which the coordinator waits for shards that are started by hand. Without it,
  /// the coordinator starts them itself.
  std::optional<endpoint> listen;
  /// The index of the shard that this process is.
  std::optional<std::uint64_t> index;
  /// The endpoint at which the coordinator waits.
  std::optional<endpoint> coordinator;
  /// The real time that a shard may take for a window; for the coordinator.
  std::chrono::nanoseconds silence = simulator::shard_group::usual_silence;
  /// Whether the coordinator has started this shard, on this host and with its own certificate. The
  /// coordinator has then given the warnings about the key file.
  bool started = false;
  /// The certificates by which the processes know each other if they are not all on this host.
  std::optional<certificates> certified;
};

/// `devp2p simulate --shards`: runs the coordinator. The outcome and all output are those of
/// `devp2p simulate` in one process, except that the report takes one sample in each window of
/// time, which may be longer than 10 ms. A shard that is lost ends the run, with a line that says
/// so. Returns the exit status.
int run_shards(const shard_options& options, const simulator_call& call);

/// `devp2p simulate --shard`: runs one shard until the run ends. Returns the exit status.
int run_shard(const shard_options& options, const simulator_call& call);

} // namespace devp2p::tool
