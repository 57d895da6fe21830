// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/record.hpp"
#include "devp2p/simulator/topology.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// Returns the topology of these links. A link that is given twice, in either direction, counts
/// once. Each link joins two different nodes of `nodes`, which is at least 1. An error is a
/// sentence.
[[nodiscard]] expected<topology, std::string>
from_links(std::size_t nodes, const std::vector<std::pair<std::size_t, std::size_t>>& links);

/// Returns the link between these two nodes, in either direction, or null if there is none.
[[nodiscard]] const topology::link* find_link(const topology& graph, std::size_t one,
                                              std::size_t other);

/// Returns the refusal of an action whose nodes `from` and `to` must be linked, but are not.
[[nodiscard]] std::optional<refusal> refuse_unlinked(const topology& graph, std::size_t from,
                                                     std::size_t to);

/// The links of a topology, which can be found by their nodes.
class link_index {
public:
  explicit link_index(topology all) : all_(std::move(all)), places_(all_.nodes) {
    for (std::uint32_t i = 0; i < all_.links.size(); ++i) {
      places_[all_.links[i].first].push_back(i);
      places_[all_.links[i].second].push_back(i);
    }
  }

  [[nodiscard]] std::size_t nodes() const { return all_.nodes; }
  [[nodiscard]] const std::vector<topology::link>& links() const { return all_.links; }

  /// The indices of the node's links in `links()`.
  [[nodiscard]] const std::vector<std::uint32_t>& of(std::size_t node) const {
    return places_[node];
  }

  /// The index in `links()` of the link between these two nodes, if there is one.
  [[nodiscard]] std::optional<std::size_t> between(std::size_t one, std::size_t other) const {
    auto found = find_link(all_, one, other);
    return found ? std::optional{static_cast<std::size_t>(found - all_.links.data())}
                 : std::nullopt;
  }

private:
  topology all_;
  std::vector<std::vector<std::uint32_t>> places_;
};

} // namespace devp2p::simulator
