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
  auto name = in.required_word("kind", {"fullcone", "addrcone", "cone", "portrange", "symmetric"});
  auto found = std::find(net::nat_kind_names.begin(), net::nat_kind_names.end(), name);
  return static_cast<net::nat_kind>(found - net::nat_kind_names.begin());
}

/// Reads the name and the nodes of the region with that number.
void read_place(json_fields& all, std::size_t number, regions& to) {
  json_fields in{all, "regions", number};
  auto name = in.text("name");
  if (std::find(to.names.begin(), to.names.end(), name) != to.names.end())
    in.complain("name", "there is a region of that name already");
  for (auto node : in.nodes("nodes"))
    if (!to.of.emplace(node, number).second)
      in.complain("nodes", "node " + std::to_string(node) + " is in a region already");
  in.find("latency_ms");
  in.expect_no_more();
  to.names.push_back(std::move(name));
}

/// Reads the latencies from the region with that number, when all regions have names.
void read_latencies(json_fields& all, std::size_t number, regions& to) {
  json_fields region{all, "regions", number};
  if (!region.find("latency_ms"))
    return;
  json_fields in{region, "latency_ms"};
  for (const auto& name : in.names(regions::max_count)) {
    auto found = std::find(to.names.begin(), to.names.end(), name);
    if (found == to.names.end())
      in.complain(name, "there is no region of that name");
    to.latencies[{number, static_cast<std::size_t>(found - to.names.begin())}] =
      milliseconds(in.number(name, 0, max_milliseconds));
  }
}

} // namespace

void read_nats(json_fields& all, simulation_options& to) {
  if (!all.find("nats"))
    return;
  const auto nodes = to.links.nodes;
  const auto count = all.list("nats", nodes).size();
  for (std::size_t i = 0; i < count; ++i) {
    json_fields in{all, "nats", i};
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
  const auto count = all.list("regions", regions::max_count).size();
  for (std::size_t i = 0; i < count; ++i)
    read_place(all, i, to.places);
  for (std::size_t i = 0; i < count; ++i)
    read_latencies(all, i, to.places);
  // The way back takes as long, if nothing else is said.
  for (auto [pair, latency] : std::map{to.places.latencies})
    to.places.latencies.emplace(std::pair{pair.second, pair.first}, latency);
}

} // namespace devp2p::simulator
