// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/network_map.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

network_map::network_map(const simulator::topology& all)
  : nodes_in_all_(all.nodes),
    links_in_all_(all.links.size()) {
  choose_nodes(all);
  choose_links(all);
}

void network_map::add(const simulator::event& x) {
  const auto* place = place_of(x.node);
  if (!place)
    return;
  switch (x.what) {
  case simulator::event_kind::started:
    nodes_[*place].up = true;
    break;
  case simulator::event_kind::crashed:
    nodes_[*place].up = false;
    for (auto i : nodes_[*place].links)
      sessions(*place, i) = 0;
    break;
  case simulator::event_kind::peer_added:
    change_sessions(x, 1);
    break;
  case simulator::event_kind::peer_dropped:
    change_sessions(x, -1);
    break;
  case simulator::event_kind::session_failed:
  case simulator::event_kind::punch_failed:
  case simulator::event_kind::told:
    break;
  }
}

json network_map::write(const std::set<std::pair<std::size_t, std::size_t>>& stalled) const {
  json nodes = json::array();
  for (const auto& x : nodes_)
    nodes.push_back({{"number", x.number}, {"degree", x.degree}, {"up", x.up}});
  json links = json::array();
  for (const auto& x : links_) {
    auto first = nodes_[x.first].number;
    auto second = nodes_[x.second].number;
    auto separated = stalled.contains({first, second}) || stalled.contains({second, first});
    auto up = x.sessions_of_first > 0 && x.sessions_of_second > 0;
    links.push_back({x.first, x.second, separated ? "separated" : up ? "up" : "down"});
  }
  return {{"nodes_in_all", nodes_in_all_},
          {"links_in_all", links_in_all_},
          {"nodes", std::move(nodes)},
          {"links", std::move(links)}};
}

/// Takes nodes breadth first from node 0; nodes that are not connected to it come after that.
void network_map::choose_nodes(const simulator::topology& all) {
  std::vector<std::vector<std::uint32_t>> neighbours(all.nodes);
  for (auto [first, second] : all.links) {
    neighbours[first].push_back(second);
    neighbours[second].push_back(first);
  }
  auto take = [&](std::uint32_t number) {
    if (nodes_.size() < max_nodes && places_.try_emplace(number, nodes_.size()).second)
      nodes_.push_back({.number = number, .degree = neighbours[number].size()});
  };
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < all.nodes && nodes_.size() < max_nodes; ++i) {
    take(i);
    for (; next < nodes_.size() && nodes_.size() < max_nodes; ++next)
      for (auto other : neighbours[nodes_[next].number])
        take(other);
  }
}

void network_map::choose_links(const simulator::topology& all) {
  std::vector<link> found;
  for (auto [first, second] : all.links)
    if (const auto* x = place_of(first), *y = place_of(second); x && y)
      found.push_back({*x, *y});
  auto step = std::max<std::size_t>(1, (found.size() + max_links - 1) / max_links);
  for (std::size_t i = 0; i < found.size(); i += step) {
    auto place = static_cast<std::uint32_t>(links_.size());
    nodes_[found[i].first].links.push_back(place);
    nodes_[found[i].second].links.push_back(place);
    links_.push_back(found[i]);
  }
}

const std::uint32_t* network_map::place_of(std::size_t number) const {
  auto found = places_.find(number);
  return found == places_.end() ? nullptr : &found->second;
}

int& network_map::sessions(std::uint32_t node, std::uint32_t link) {
  auto& where = links_[link];
  return where.first == node ? where.sessions_of_first : where.sessions_of_second;
}

void network_map::change_sessions(const simulator::event& x, int change) {
  const auto* other = x.peer ? place_of(*x.peer) : nullptr;
  if (!other)
    return;
  auto here = *place_of(x.node);
  for (auto i : nodes_[here].links)
    if (links_[i].first == *other || links_[i].second == *other)
      sessions(here, i) += change;
}

} // namespace devp2p::tool
