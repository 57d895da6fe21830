// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/port_table.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

bool port_table::add(local_port port) {
  auto [i, fresh] = ports_.try_emplace(port);
  if (fresh)
    i->second.due = true;
  return fresh;
}

const port_mapping* port_table::mapping_of(local_port port) const {
  auto i = ports_.find(port);
  return i != ports_.end() && i->second.mapping ? &*i->second.mapping : nullptr;
}

void port_table::make_all_due() {
  for (auto& [port, kept] : ports_)
    kept.due = true;
}

bool port_table::on_tick(local_port port, std::uint64_t tick) {
  auto i = ports_.find(port);
  if (i == ports_.end() || i->second.tick != tick)
    return false;
  i->second.due = true;
  return true;
}

std::optional<port_mapping> port_table::ask_next() {
  auto next =
    std::find_if(ports_.begin(), ports_.end(), [](const auto& x) { return x.second.due; });
  if (asking_ || next == ports_.end())
    return std::nullopt;
  auto& [port, kept] = *next;
  kept.due = false;
  asking_ = port;
  return port_mapping{port, kept.mapping ? kept.mapping->external : endpoint{}, {}, {}};
}

port_table::granted port_table::on_granted(const port_mapping& mapping, time_point now,
                                           double spread) {
  auto& kept = ports_.at(mapping.internal);
  auto wait = kept.lease.on_granted(now, mapping.lifetime, spread);
  return {wait, std::exchange(kept.mapping, mapping)};
}

port_table::refused port_table::on_refused(local_port port, time_point now, double spread) {
  auto& kept = ports_.at(port);
  refused out{kept.lease.on_failed(now, spread), {}};
  if (kept.mapping && !kept.lease.holds(now)) {
    out.lost = std::exchange(kept.mapping, std::nullopt);
    kept.lease.on_lost();
  }
  return out;
}

bool port_table::is_exhausted() const {
  return std::none_of(ports_.begin(), ports_.end(),
                      [](const auto& x) { return x.second.mapping || x.second.due; });
}

std::vector<port_mapping> port_table::mapped() const {
  std::vector<port_mapping> out;
  for (const auto& [port, kept] : ports_)
    if (kept.mapping)
      out.push_back(*kept.mapping);
  return out;
}

std::vector<local_port> port_table::ports() const {
  std::vector<local_port> out;
  for (const auto& [port, kept] : ports_)
    out.push_back(port);
  return out;
}

std::vector<port_table::taken_back> port_table::take_back() const {
  std::vector<taken_back> out;
  for (const auto& [port, kept] : ports_)
    if (kept.mapping)
      out.push_back({*kept.mapping, true});
    else if (asking_ == port)
      out.push_back({{port, {"", port.number}, {}, {}}, false});
  return out;
}

} // namespace devp2p
