// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/net/sim/memory_network.hpp"
#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/run.hpp"

#include <caf/timespan.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace devp2p::simulator {

/// The state of one part of a simulated network after a window of time, as the other parts need it.
struct shard_report {
  /// The next time at which something happens in the part by itself.
  std::optional<caf::timespan> next_due = std::nullopt;
  /// Whether an action is due now; the same in all parts.
  bool action_is_due = false;
  /// The time of the next action, or the scenario's end if that is earlier; the same in all parts.
  caf::timespan next_stop{0};
  bool done = false;
  std::uint64_t linked_ends = 0;
  std::uint64_t hash = 0;
  simulation_traffic traffic = {};
  /// The segments under way to each other part, as `encode` writes them.
  std::map<std::size_t, bytes> departures = {};
  /// The earliest arrival among them.
  std::optional<caf::timespan> first_arrival = std::nullopt;
  /// The events, in the order of time and then of the nodes.
  std::vector<event> events = {};
};

/// Encodes as RLP, in a format of our own: all parts of a run are of the same build.
[[nodiscard]] blob encode(const shard_report& what);
/// Fails on any input that `encode` does not write.
[[nodiscard]] expected<shard_report> decode_report(byte_view what);

[[nodiscard]] blob encode(const run_details& what);
[[nodiscard]] expected<run_details> decode_details(byte_view what);

/// Encodes what has left one host for another part. Several encodings may stand one behind the
/// other.
[[nodiscard]] bytes encode(const net::outbound& what);
/// Decodes any number of such encodings, one behind the other.
[[nodiscard]] expected<std::vector<net::outbound>> decode_outbound(byte_view what);

} // namespace devp2p::simulator
