// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/gossip_model.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/simulator/cases.hpp"
#include "devp2p/simulator/disturbances.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace devp2p::simulator {

namespace {

/// Divides the nodes into connected parts: the nodes of a part are joined by open links.
template <class IsOpen>
std::vector<std::vector<std::size_t>> parts_of(const link_index& links, IsOpen is_open) {
  std::vector<std::vector<std::size_t>> out;
  std::vector<bool> seen(links.nodes());
  auto see = [&](std::size_t node) {
    auto is_new = !seen[node];
    seen[node] = true;
    return is_new;
  };
  for (std::size_t first = 0; first < links.nodes(); ++first) {
    if (!see(first))
      continue;
    auto& part = out.emplace_back(std::vector{first});
    for (std::size_t i = 0; i < part.size(); ++i)
      for (auto place : links.of(part[i])) {
        auto link = links.links()[place];
        auto next = link.first == part[i] ? link.second : link.first;
        if (is_open(place) && see(next))
          part.push_back(next);
      }
  }
  return out;
}

class rumours_watcher : public watcher {
public:
  rumours_watcher(caf::timespan within, const scenario& of)
    : within_(within),
      of_(of),
      nats_(of.network.links, of.network.nats),
      known_(of.network.links.nodes) {}

  void add(const event& x, const network_view&) override {
    if (x.what == event_kind::crashed)
      known_[x.node].clear();
    else if (x.what == event_kind::told && x.name == heard)
      known_[x.node].emplace(std::stoull(x.detail), x.when);
  }

  [[nodiscard]] finding complaint(const network_view& seen, caf::timespan now) const override {
    const auto since = now - within_;
    const auto stalls = effects_of(of_.schedule, seen.links(), nats_);
    auto is_open = [&](std::size_t place) {
      const auto& line = seen.line_at(place);
      return line.running == both_ends && line.since <= since && stalls[place].is_over() &&
             stalls[place].changed <= since;
    };
    cases found;
    for (const auto& part : parts_of(seen.links(), is_open)) {
      // The first node of the part that knows each rumour.
      std::map<std::uint64_t, std::size_t> first;
      for (auto node : part)
        for (const auto& [rumour, when] : known_[node])
          if (when <= since)
            first.emplace(rumour, node);
      for (auto node : part)
        for (const auto& x : first)
          if (!known_[node].contains(x.first))
            found.add([&]() -> finding {
              return {"node " + std::to_string(node) + " has not heard rumour " +
                        std::to_string(x.first) + ", which node " + std::to_string(x.second) +
                        " knows",
                      {node, x.second}};
            });
    }
    return found.first();
  }

private:
  caf::timespan within_;
  const scenario& of_;
  nat_links nats_;
  /// The rumours that each node has heard in its latest life, and when.
  std::vector<std::map<std::uint64_t, caf::timespan>> known_;
};

} // namespace

std::unique_ptr<watcher> check::all_heard::watch(const scenario& of) const {
  return std::make_unique<rumours_watcher>(within, of);
}

bool offers_gossip(const scenario& what) {
  for (const auto& protocol : what.protocols)
    for (const auto& x : protocol.kind->actions)
      if (x.blank.as<action::publish>())
        return true;
  return false;
}

void add_gossip(model& to) {
  simulated_protocol out{"gossip", [](const place& where) {
                           auto on_rumour = [where](std::uint64_t rumour, std::size_t) {
                             where.tell(std::string{heard}, std::to_string(rumour));
                           };
                           auto node = spawn_gossip(where.system(), on_rumour,
                                                    where.settings<gossip_settings>().defect);
                           return offer{gossip_protocol(node), node};
                         }};
  out.settings<gossip_settings>();
  out.action<action::publish>(
    [](const action::publish& x, const gossip_node& node, const occasion& now) {
      anon_send_to(node.actor, write_atom_v, now.number, blob{bytes(x.size)});
    });
  to.add(out).add(check::all_heard{});
}

} // namespace devp2p::simulator
