// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/happening.hpp"
#include "devp2p/kit/run.hpp"
#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/net/sim/memory_network.hpp"

#include <caf/timespan.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace devp2p::kit {

/// What one part of a simulated network has to tell the others after a window of time.
struct shard_report {
  /// When something happens there next of itself.
  std::optional<caf::timespan> next_due = std::nullopt;
  /// Whether something is to be done to it now, and when something is next; the same in all parts.
  bool deed_is_due = false;
  caf::timespan next_stop{0};
  bool done = false;
  std::uint64_t linked_ends = 0;
  std::uint64_t hash = 0;
  simulation_traffic traffic = {};
  /// What is on its way to each other part, as `encode` writes it.
  std::map<std::size_t, bytes> departures = {};
  /// The earliest arrival of it.
  std::optional<caf::timespan> first_arrival = std::nullopt;
  /// In the order of time, and of the nodes.
  std::vector<happening> happenings = {};
};

/// As RLP, of our own design: all parts of a run are of the same build.
[[nodiscard]] blob encode(const shard_report& what);
/// Fails on anything that `encode` does not write.
[[nodiscard]] expected<shard_report> decode_report(byte_view what);

[[nodiscard]] blob encode(const run_details& what);
[[nodiscard]] expected<run_details> decode_details(byte_view what);

/// The same for what has left for one part; several of them may stand one behind the other.
[[nodiscard]] bytes encode(const net::departure& what);
[[nodiscard]] expected<std::vector<net::departure>> decode_departures(byte_view what);

} // namespace devp2p::kit
