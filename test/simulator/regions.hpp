// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/memory_network.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// Regions of nodes, between which lines have other latencies. A value; empty without regions.
struct regions {
  /// The maximum number of regions.
  static constexpr std::size_t max_count = 100;

  std::vector<std::string> names = {};
  /// The region of each node that is in one.
  std::map<std::size_t, std::size_t> of = {};
  /// The latencies from one region to another, or within one.
  std::map<std::pair<std::size_t, std::size_t>, caf::timespan> latencies = {};

  /// Returns the conditions of the line between these two nodes if they are `usual` elsewhere.
  [[nodiscard]] net::line_conditions between(std::size_t from, std::size_t to,
                                             net::line_conditions usual) const {
    const auto one = of.find(from);
    const auto other = of.find(to);
    if (one == of.end() || other == of.end())
      return usual;
    if (auto found = latencies.find({one->second, other->second}); found != latencies.end())
      usual.latency = found->second;
    return usual;
  }

  friend bool operator==(const regions&, const regions&) = default;
};

} // namespace devp2p::simulator
