// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/topology.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace devp2p::tool {

/// A topology, and which of its nodes and links are up. A reader sees each node of a small one. A
/// large one is shown by figures: how many nodes have how many links, the parts that are linked to
/// each other, and the links between ranges of nodes.
class network_map {
public:
  /// The maximum number of nodes that are drawn one by one.
  static constexpr std::size_t max_nodes = 400;
  static constexpr std::size_t max_links = 4000;
  /// The number of ranges into which the nodes of a large network are divided.
  static constexpr std::size_t max_ranges = 50;
  static constexpr std::size_t max_degrees = 60;
  static constexpr std::size_t max_parts = 10;

  explicit network_map(const simulator::topology& all);

  void add(const simulator::event& x);

  /// Returns the map as JSON, in its present state. `stalled` holds pairs of nodes: no data arrives
  /// on the way from the first to the second.
  [[nodiscard]] nlohmann::ordered_json
  write(const std::set<std::pair<std::size_t, std::size_t>>& stalled) const;

private:
  using stalled_ways = std::set<std::pair<std::size_t, std::size_t>>;

  enum class state : std::uint8_t { up, down, separated };

  [[nodiscard]] state state_of(std::size_t link, const stalled_ways& stalled) const;
  void change_sessions(const simulator::event& x, int change);
  [[nodiscard]] nlohmann::ordered_json write_nodes() const;
  [[nodiscard]] nlohmann::ordered_json write_links(const stalled_ways& stalled) const;
  [[nodiscard]] nlohmann::ordered_json write_degrees() const;
  /// Writes the links between each two ranges of nodes, and the nodes of each that are down.
  [[nodiscard]] nlohmann::ordered_json write_ranges(const stalled_ways& stalled) const;
  /// Writes the sizes of the parts whose nodes are joined by links that are up.
  [[nodiscard]] nlohmann::ordered_json write_parts(const stalled_ways& stalled) const;

  simulator::link_index links_;
  std::vector<bool> up_;
  /// The number of sessions that each end of a link has, the first node's first.
  std::vector<std::array<std::int16_t, 2>> sessions_;
};

} // namespace devp2p::tool
