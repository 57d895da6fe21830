// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/topology.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace devp2p::tool {

/// The part of a topology that a reader sees, and which of its nodes and links are up. A topology
/// that is too large to be drawn is sampled: the nodes nearest to node 0, and every n-th of their
/// links.
class network_map {
public:
  static constexpr std::size_t max_nodes = 2000;
  static constexpr std::size_t max_links = 8000;

  explicit network_map(const simulator::topology& all);

  void add(const simulator::event& x);

  /// Returns the map as JSON, in its present state. `stalled` holds pairs of nodes: no data arrives
  /// on the way from the first to the second.
  [[nodiscard]] nlohmann::ordered_json
  write(const std::set<std::pair<std::size_t, std::size_t>>& stalled) const;

private:
  struct node {
    std::uint32_t number = 0;
    std::size_t degree = 0;
    bool up = false;
    /// The places of its links in `links_`.
    std::vector<std::uint32_t> links = {};
  };

  /// A link between the nodes at two places in `nodes_`, and the number of sessions that each of
  /// them reports on it.
  struct link {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    int sessions_of_first = 0;
    int sessions_of_second = 0;
  };

  void choose_nodes(const simulator::topology& all);
  void choose_links(const simulator::topology& all);
  /// Returns the place of that node in `nodes_`; null if it is not drawn.
  [[nodiscard]] const std::uint32_t* place_of(std::size_t number) const;
  /// Returns the number of sessions on that link that the node in that place reports.
  int& sessions(std::uint32_t node, std::uint32_t link);
  void change_sessions(const simulator::event& x, int change);

  std::size_t nodes_in_all_;
  std::size_t links_in_all_;
  std::vector<node> nodes_;
  std::vector<link> links_;
  std::unordered_map<std::size_t, std::uint32_t> places_;
};

} // namespace devp2p::tool
