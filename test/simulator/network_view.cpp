// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/network_view.hpp"

namespace devp2p::simulator {

void network_view::add(const event& x) {
  switch (x.what) {
  case event_kind::started:
    up_[x.node] = true;
    return;
  case event_kind::crashed:
    crash(x);
    return;
  case event_kind::peer_added:
    set_running(x, true);
    return;
  case event_kind::peer_dropped:
    set_running(x, false);
    return;
  case event_kind::told:
    observe(x);
    return;
  case event_kind::session_failed:
  case event_kind::punch_failed:
    return;
  }
}

std::optional<std::int64_t> network_view::number(std::size_t node, std::string_view name) const {
  const auto& all = numbers_.at(node);
  auto found = all.find(name);
  return found != all.end() ? std::optional{found->second} : std::nullopt;
}

void network_view::observe(const event& x) {
  auto& all = numbers_[x.node];
  if (x.value)
    all[x.name] = *x.value;
  else if (auto found = all.find(x.name); found != all.end())
    all.erase(found);
}

void network_view::set_running(const event& x, bool running) {
  auto place = x.peer ? links_.between(x.node, *x.peer) : std::nullopt;
  if (!place)
    return;
  auto& line = lines_[*place];
  auto bit = bit_of(x.node, *x.peer);
  line = {running ? line.running | bit : line.running & ~bit, x.when};
}

void network_view::crash(const event& x) {
  up_[x.node] = false;
  numbers_[x.node].clear();
  for (auto place : links_.of(x.node)) {
    auto link = links_.links()[place];
    auto other = link.first == x.node ? link.second : link.first;
    lines_[place] = {lines_[place].running & ~bit_of(x.node, other), x.when};
  }
}

} // namespace devp2p::simulator
