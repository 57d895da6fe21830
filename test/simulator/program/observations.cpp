// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/observations.hpp"

#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

observations::observations(const simulator::scenario& what) : nodes_(what.network.links.nodes) {
  auto offered = what.protocols;
  for (const auto& x : what.byzantine)
    offered.push_back(x.what);
  for (const auto& protocol : offered)
    for (const auto& x : protocol.kind->observations) {
      if (all_.size() >= max_names) {
        has_more_ = true;
      } else if (places_.try_emplace(x.name, all_.size()).second) {
        all_.emplace_back(x.name, nodes_, x.shown == simulator::shown_as::each_and_sum);
      }
    }
}

void observations::add(const simulator::event& x) {
  if (x.what == simulator::event_kind::crashed) {
    for (auto& series : all_)
      series.set(x.node, x.when, std::nullopt);
  } else if (x.what == simulator::event_kind::told && (x.value || places_.contains(x.name))) {
    if (auto* series = find(x.name))
      series->set(x.node, x.when, x.value);
  }
}

json observations::last() const {
  auto out = json::object();
  for (const auto& x : all_)
    out[x.name()] = x.last();
  return out;
}

json observations::write(caf::timespan end) const {
  auto series = json::array();
  for (const auto& x : all_)
    series.push_back(x.write(end));
  return {{"has_more", has_more_}, {"series", std::move(series)}};
}

observed_series* observations::find(const std::string& name) {
  auto found = places_.find(name);
  if (found != places_.end())
    return &all_[found->second];
  if (all_.size() >= max_names) {
    has_more_ = true;
    return nullptr;
  }
  places_.emplace(name, all_.size());
  return &all_.emplace_back(name, nodes_, false);
}

} // namespace devp2p::tool
