// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/network_map.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

/// Nodes that are joined to parts.
class joined_parts {
public:
  explicit joined_parts(std::size_t nodes) : above_(nodes) {
    std::iota(above_.begin(), above_.end(), std::uint32_t{0});
  }

  void join(std::uint32_t one, std::uint32_t other) { above_[top(one)] = top(other); }

  std::uint32_t top(std::uint32_t node) {
    for (; above_[node] != node; node = above_[node])
      above_[node] = above_[above_[node]];
    return node;
  }

private:
  std::vector<std::uint32_t> above_;
};

} // namespace

network_map::network_map(const simulator::topology& all)
  : links_(all),
    up_(all.nodes),
    sessions_(all.links.size()) {}

void network_map::add(const simulator::event& x) {
  switch (x.what) {
  case simulator::event_kind::started:
    up_.at(x.node) = true;
    break;
  case simulator::event_kind::crashed:
    up_.at(x.node) = false;
    for (auto i : links_.of(x.node))
      sessions_[i][links_.links()[i].first == x.node ? 0 : 1] = 0;
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

json network_map::write(const stalled_ways& stalled) const {
  std::array<std::size_t, 3> states{};
  for (std::size_t i = 0; i < sessions_.size(); ++i)
    ++states[static_cast<std::size_t>(state_of(i, stalled))];
  json out{{"nodes_in_all", links_.nodes()},
           {"links_in_all", links_.links().size()},
           {"nodes_down",
            links_.nodes() - static_cast<std::size_t>(std::count(up_.begin(), up_.end(), true))},
           {"links_by_state", {{"up", states[0]}, {"down", states[1]}, {"separated", states[2]}}},
           {"degrees", write_degrees()},
           {"parts", write_parts(stalled)}};
  if (links_.nodes() <= max_nodes) {
    out["nodes"] = write_nodes();
    out["links"] = write_links(stalled);
  } else {
    out["ranges"] = write_ranges(stalled);
  }
  return out;
}

network_map::state network_map::state_of(std::size_t link, const stalled_ways& stalled) const {
  auto [first, second] = links_.links()[link];
  if (!stalled.empty() && (stalled.contains({first, second}) || stalled.contains({second, first})))
    return state::separated;
  const auto& ends = sessions_[link];
  return ends[0] > 0 && ends[1] > 0 ? state::up : state::down;
}

void network_map::change_sessions(const simulator::event& x, int change) {
  if (auto place = x.peer ? links_.between(x.node, *x.peer) : std::nullopt) {
    auto& sessions = sessions_[*place][links_.links()[*place].first == x.node ? 0 : 1];
    sessions = static_cast<std::int16_t>(sessions + change);
  }
}

json network_map::write_nodes() const {
  auto out = json::array();
  for (std::size_t i = 0; i < links_.nodes(); ++i)
    out.push_back({{"number", i}, {"degree", links_.of(i).size()}, {"up", bool{up_[i]}}});
  return out;
}

json network_map::write_links(const stalled_ways& stalled) const {
  constexpr std::array names{"up", "down", "separated"};
  auto out = json::array();
  const auto& all = links_.links();
  const auto step = std::max<std::size_t>(1, (all.size() + max_links - 1) / max_links);
  for (std::size_t i = 0; i < all.size(); i += step)
    out.push_back(
      {all[i].first, all[i].second, names[static_cast<std::size_t>(state_of(i, stalled))]});
  return out;
}

json network_map::write_degrees() const {
  std::map<std::size_t, std::size_t> counts;
  for (std::size_t i = 0; i < links_.nodes(); ++i)
    ++counts[links_.of(i).size()];
  auto out = json::array();
  if (counts.size() <= max_degrees) {
    for (const auto& [degree, count] : counts)
      out.push_back({degree, degree, count});
    return out;
  }
  // Ranges that double.
  for (auto x = counts.begin(); x != counts.end();) {
    const auto from = x->first;
    const auto to = std::max<std::size_t>(from, 2 * from - (from > 1 ? 1 : 0));
    std::size_t count = 0;
    for (; x != counts.end() && x->first <= to; ++x)
      count += x->second;
    out.push_back({from, to, count});
  }
  return out;
}

json network_map::write_ranges(const stalled_ways& stalled) const {
  const auto width = (links_.nodes() + max_ranges - 1) / max_ranges;
  const auto count = (links_.nodes() + width - 1) / width;
  std::map<std::pair<std::size_t, std::size_t>, std::array<std::size_t, 3>> cells;
  for (std::size_t i = 0; i < links_.links().size(); ++i) {
    auto [first, second] = links_.links()[i];
    ++cells[{first / width, second / width}][static_cast<std::size_t>(state_of(i, stalled))];
  }
  std::vector<std::size_t> down(count);
  for (std::size_t i = 0; i < links_.nodes(); ++i)
    down[i / width] += up_[i] ? 0 : 1;
  auto out = json::array();
  for (const auto& [ends, x] : cells)
    out.push_back({ends.first, ends.second, x[0], x[1], x[2]});
  return {{"width", width}, {"count", count}, {"down", down}, {"cells", std::move(out)}};
}

json network_map::write_parts(const stalled_ways& stalled) const {
  joined_parts parts{links_.nodes()};
  for (std::size_t i = 0; i < sessions_.size(); ++i)
    if (state_of(i, stalled) == state::up)
      parts.join(links_.links()[i].first, links_.links()[i].second);
  std::map<std::uint32_t, std::size_t> sizes;
  for (std::uint32_t i = 0; i < links_.nodes(); ++i)
    if (up_[i])
      ++sizes[parts.top(i)];
  std::vector<std::size_t> all;
  for (const auto& x : sizes)
    all.push_back(x.second);
  std::sort(all.begin(), all.end(), std::greater<>{});
  const auto count = all.size();
  all.resize(std::min(count, max_parts));
  return {{"count", count}, {"largest", all}};
}

} // namespace devp2p::tool
