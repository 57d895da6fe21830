// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/network_observations.hpp"

#include "devp2p/simulator/topology.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

json number_or_null(const std::optional<std::int64_t>& x) {
  return x ? json(*x) : json(nullptr);
}

} // namespace

network_observations::network_observations(const simulator::scenario& what)
  : seen_(what.observations.empty() ? simulator::topology{} : what.network.links) {
  for (const auto& x : what.observations)
    all_.push_back({x, observed_series{x.name, 1, false}});
}

void network_observations::add(const simulator::event& x) {
  if (all_.empty())
    return;
  // The events of a moment are in the order of the nodes, and not in that in which they happened.
  // So only their outcome is observed.
  if (latest_ && x.when > *latest_)
    conclude();
  latest_ = x.when;
  seen_.add(x);
}

void network_observations::conclude() {
  if (!latest_)
    return;
  for (auto& x : all_) {
    const auto now = x.what.read(seen_);
    if (std::exchange(x.value, now) == now)
      continue;
    x.series.set(0, *latest_, now);
    if (now) {
      x.least = std::min(x.least.value_or(*now), *now);
      x.largest = std::max(x.largest.value_or(*now), *now);
    }
  }
}

json network_observations::last() const {
  auto out = json::object();
  for (const auto& x : all_)
    out[x.what.name] = {{"last", number_or_null(x.value)},
                        {"least", number_or_null(x.least)},
                        {"largest", number_or_null(x.largest)}};
  return out;
}

json network_observations::write(caf::timespan end) const {
  auto out = json::array();
  for (const auto& x : all_) {
    auto series = x.series.write(end);
    out.push_back({{"name", x.what.name},
                   {"seconds_each", series["seconds_each"]},
                   {"least", series["least"]},
                   {"value", series["middle"]},
                   {"largest", series["largest"]}});
  }
  return out;
}

} // namespace devp2p::tool
