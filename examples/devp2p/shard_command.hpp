// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "simulate_command.hpp"

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/remote/middleman.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace devp2p::tool {

/// A simulation in several processes: how they find each other.
struct shard_options {
  simulate_options simulate;
  /// How many there are; for the coordinator.
  std::size_t count = 0;
  /// Where the coordinator waits for shards that are started by hand. Without it, it starts them
  /// itself.
  std::optional<endpoint> listen;
  /// Which of them this process is, and where the coordinator waits.
  std::optional<std::uint64_t> index;
  std::optional<endpoint> coordinator;
  /// Whether that has started it, on this host and with its own certificate: so it has told what is
  /// to be told of that.
  bool started = false;
  /// By which they know each other if they are not all on this host.
  std::optional<certificates> certified;
};

/// `devp2p simulate --shards`: the coordinator. The outcome, and all that is written, is that of
/// `devp2p simulate` in one process; but the report looks at it once in a window of time, which may
/// be longer than 10 ms. A shard that is lost ends the run, with a line that says so.
int run_shards(const shard_options& options);

/// `devp2p simulate --shard`: one of them. Ends with the run.
int run_shard(const shard_options& options);

} // namespace devp2p::tool
