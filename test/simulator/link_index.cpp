// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/link_index.hpp"

#include <algorithm>

namespace devp2p::simulator {

namespace {

topology::link between(std::size_t x, std::size_t y) {
  return {static_cast<std::uint32_t>(std::min(x, y)), static_cast<std::uint32_t>(std::max(x, y))};
}

} // namespace

expected<topology, std::string>
from_links(std::size_t nodes, const std::vector<std::pair<std::size_t, std::size_t>>& links) {
  auto text = [](std::size_t number) { return std::to_string(number); };
  if (nodes < 1 || nodes > topology::max_nodes)
    return "a topology has from 1 to " + text(topology::max_nodes) + " nodes, not " + text(nodes);
  if (links.size() > topology::max_links)
    return "a topology has at most " + text(topology::max_links) + " links, not " +
           text(links.size());
  topology out{nodes, {}};
  for (auto [x, y] : links) {
    if (std::max(x, y) >= nodes)
      return "a node's number is at most " + text(nodes - 1) + ", not " + text(std::max(x, y));
    if (x == y)
      return "a link is between two different nodes, not " + text(x) + " and " + text(y);
    out.links.push_back(between(x, y));
  }
  std::sort(out.links.begin(), out.links.end());
  out.links.erase(std::unique(out.links.begin(), out.links.end()), out.links.end());
  return out;
}

const topology::link* find_link(const topology& graph, std::size_t one, std::size_t other) {
  const auto wanted = between(one, other);
  const auto found = std::lower_bound(graph.links.begin(), graph.links.end(), wanted);
  return found != graph.links.end() && *found == wanted ? &*found : nullptr;
}

std::optional<refusal> refuse_unlinked(const topology& graph, std::size_t from, std::size_t to) {
  if (find_link(graph, from, to))
    return std::nullopt;
  return refusal{"to",
                 "there is no link between " + std::to_string(from) + " and " + std::to_string(to)};
}

} // namespace devp2p::simulator
