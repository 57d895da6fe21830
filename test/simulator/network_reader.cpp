// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/network_reader.hpp"

#include "devp2p/simulator/node_numbers.hpp"
#include "devp2p/simulator/scenario_times.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p::simulator {

namespace {

net::nat_kind read_nat_kind(json_fields& in) {
  in.get("kind");
  auto name = in.word("kind", {"fullcone", "addrcone", "cone", "portrange", "symmetric"});
  auto found = std::find(net::nat_kind_names.begin(), net::nat_kind_names.end(), name);
  return static_cast<net::nat_kind>(found - net::nat_kind_names.begin());
}

/// Reads the names and the nodes of all regions.
void read_places(const std::vector<json_value>& from, std::size_t nodes, regions& to) {
  for (const auto& x : from) {
    const auto number = to.names.size();
    json_fields in{x, "regions[" + std::to_string(number) + "]"};
    auto name = in.text("name");
    if (std::find(to.names.begin(), to.names.end(), name) != to.names.end())
      in.complain("name", "there is a region of that name already");
    for (auto node : in.wholes("nodes", nodes, nodes))
      if (!to.of.emplace(node, number).second)
        in.complain("nodes", "node " + std::to_string(node) + " is in a region already");
    in.find("latency_ms");
    in.expect_no_more();
    to.names.push_back(std::move(name));
  }
}

/// Reads the latencies from the region with that number.
void read_latencies(const json_value& from, std::size_t number, regions& to) {
  json_fields region{from, "regions[" + std::to_string(number) + "]"};
  const auto* all = region.find("latency_ms");
  if (!all)
    return;
  json_fields in{*all, region.path_of("latency_ms")};
  for (std::size_t i = 0; i < to.names.size(); ++i)
    if (in.find(to.names[i]))
      to.latencies[{number, i}] = milliseconds(in.number(to.names[i], 0, max_milliseconds));
  in.expect_no_more();
}

} // namespace

void read_nats(json_fields& all, simulation_options& to) {
  if (!all.find("nats"))
    return;
  const auto nodes = to.links.nodes;
  std::size_t i = 0;
  for (const auto& x : all.list("nats", nodes)) {
    json_fields in{x, "nats[" + std::to_string(i++) + "]"};
    auto kind = read_nat_kind(in);
    for (auto node : node_numbers(in, nodes))
      if (!to.nats.emplace(node, kind).second)
        in.complain("nodes", "node " + std::to_string(node) + " is behind a NAT already");
    in.expect_no_more();
  }
}

void read_regions(json_fields& all, simulation_options& to) {
  if (!all.find("regions"))
    return;
  const auto& from = all.list("regions", regions::max_count);
  read_places(from, to.links.nodes, to.places);
  for (std::size_t i = 0; i < from.size(); ++i)
    read_latencies(from[i], i, to.places);
  // The way back takes as long, if nothing else is said.
  for (auto [pair, latency] : std::map{to.places.latencies})
    to.places.latencies.emplace(std::pair{pair.second, pair.first}, latency);
}

} // namespace devp2p::simulator
