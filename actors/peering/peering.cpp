// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/peering.hpp"

#include "devp2p/actors/peering/dialer.hpp"
#include "devp2p/actors/peering/peer_keeper.hpp"
#include "devp2p/actors/peering/reputation.hpp"
#include "devp2p/actors/peering/score_rows.hpp"
#include "devp2p/messages/caf.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

namespace {

/// What all three actors are made from.
struct peering_parts {
  peering_config config;
  std::shared_ptr<peer_store> store;
  std::shared_ptr<dialer_orders> orders;

  [[nodiscard]] std::chrono::system_clock::time_point wall_now() const {
    return config.wall_clock ? config.wall_clock() : std::chrono::system_clock::now();
  }
};

/// Returns the bans that have not ended.
std::vector<ban> bans_in(const peering_parts& from) {
  std::vector<ban> out;
  for (const auto& x : from.store->bans())
    if (auto subject = ban_subject::parse(x.subject)) {
      auto lasting = ban::forever;
      if (x.until != std::chrono::system_clock::time_point::max())
        lasting = std::min<ban::duration>(x.until - from.wall_now(), ban::forever);
      if (lasting > ban::duration{0})
        out.push_back({*subject, lasting, x.reason});
    }
  return out;
}

reputation_actor spawn_reputation_of(const peering_parts& from, caf::actor_system& system,
                                     const peer_keeper_actor& keeper) {
  reputation_config out{.node = from.config.node,
                        .rules = from.config.rules,
                        .link = from.config.link,
                        .bans = bans_in(from),
                        .kept = {from.orders->trusted.begin(), from.orders->trusted.end()},
                        .keeper = keeper,
                        .wall_clock = from.config.wall_clock,
                        .random = from.config.random,
                        .log = from.config.log};
  for (const auto& x : from.store->scores())
    out.known.push_back(to_record(x, from.wall_now()));
  return spawn_reputation(system, std::move(out));
}

dialer_actor spawn_dialer_of(const peering_parts& from, caf::actor_system& system,
                             const peer_keeper_actor& keeper, const reputation_actor& reputation) {
  dialer_config out{.node = from.config.node,
                    .self = from.config.self,
                    .limits = from.config.limits,
                    .orders = from.orders,
                    .reputation = reputation,
                    .keeper = keeper,
                    .wall_clock = from.config.wall_clock,
                    .random = from.config.random,
                    .log = from.config.log};
  for (const auto& x : from.store->known_nodes())
    out.known.push_back(x.url);
  return spawn_dialer(system, std::move(out));
}

/// Returns what the first dialer is told: by the configuration, and by the file.
std::shared_ptr<dialer_orders> orders_of(const peering_config& config, const peer_store& store) {
  auto out = std::make_shared<dialer_orders>();
  out->static_nodes = config.static_nodes;
  for (const auto& x : store.static_nodes())
    out->static_nodes.push_back(x.url);
  out->trusted.insert(config.trusted.begin(), config.trusted.end());
  return out;
}

} // namespace

peering spawn_peering(caf::actor_system& system, peering_config config) {
  auto file = config.file;
  auto store = file.empty() ? std::make_shared<peer_store>() : std::make_shared<peer_store>(file);
  auto orders = orders_of(config, *store);
  auto parts = std::make_shared<const peering_parts>(
    peering_parts{std::move(config), std::move(store), std::move(orders)});
  auto get_keeper = [](const earlier_children& x) { return x.get<peer_keeper_actor>("keeper"); };
  peering out;
  supervision_tree_config tree{
    .children = {{.name = "keeper",
                  .start =
                    [parts](caf::actor_system& here) {
                      return spawn_peer_keeper(here, parts->store, parts->config.log,
                                               parts->config.has_own_thread);
                    }},
                 {.name = "reputation",
                  .start =
                    [parts, get_keeper](caf::actor_system& here, const earlier_children& before) {
                      return spawn_reputation_of(*parts, here, get_keeper(before));
                    },
                  .restart = restart_type::transient,
                  .place = out.reputation},
                 {.name = "dialer",
                  .start =
                    [parts, get_keeper](caf::actor_system& here, const earlier_children& before) {
                      return spawn_dialer_of(*parts, here, get_keeper(before),
                                             before.get<reputation_actor>("reputation"));
                    },
                  .restart = restart_type::transient,
                  .place = out.dialer}},
    .strategy = restart_strategy::rest_for_one,
    .name = "peering",
    .log = parts->config.log,
    .random = parts->config.random};
  out.top = spawn_supervision_tree(system, std::move(tree));
  return out;
}

} // namespace devp2p
