// SPDX-License-Identifier: BSL-1.0
#include "arena.hpp"

#include "devp2p/actors/metrics/metrics.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <prometheus/registry.h>

#include <deque>
#include <memory>
#include <stdexcept>
#include <utility>

namespace devp2p::bench {

namespace {

constexpr auto patience = std::chrono::seconds{30};

/// Returns what `node` answers to `args`. Throws `std::runtime_error` if it answers with an error.
template <class T, class... Args>
T ask(caf::actor_system& system, const node_actor& node, Args&&... args) {
  T out;
  caf::error failure;
  caf::scoped_actor self{system};
  request_from(self, node, patience, std::forward<Args>(args)...)
    .receive([&](T& x) { out = std::move(x); }, [&](caf::error& x) { failure = std::move(x); });
  if (failure)
    throw std::runtime_error(describe(failure));
  return out;
}

} // namespace

arena::configuration::configuration(std::size_t threads) {
  add_types(*this);
  prefer_low_latency(*this);
  set_option(*this, "scheduler.max-threads", threads);
}

arena::arena(const options& chosen)
  : has_metrics_(chosen.metrics),
    listening_network_(chosen.loops),
    dialling_network_(chosen.loops),
    config_(chosen.threads) {}

arena::~arena() {
  handlers_.close();
  for (const auto& x : nodes_)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

const node_actor& arena::spawn(net::network& where, node_config config) {
  nodes_.push_back(spawn_node(system_, where, std::move(config)));
  if (has_metrics_)
    spawn_metrics(system_, nodes_.back(),
                  {.registry = std::make_shared<prometheus::Registry>(),
                   .interval = std::chrono::seconds{1},
                   .network = &where});
  return nodes_.back();
}

enode arena::listen(node_config config, const subscriber_actor& subscriber) {
  const auto& node = spawn(listening_network_, std::move(config));
  if (subscriber)
    anon_send_to(node, subscribe_atom_v, subscriber);
  return ask<enode>(system_, node, listen_atom_v, endpoint{"127.0.0.1", 0});
}

void arena::dial_from(net::network& where, const enode& target, node_config config) {
  ask<peer_info>(system_, spawn(where, std::move(config)), dial_atom_v, target);
}

void arena::dial(const enode& target, const std::vector<protocol>& protocols, std::size_t nodes) {
  constexpr std::size_t at_once = 16;
  caf::scoped_actor self{system_};
  auto begin = [&] {
    return request_from(self, spawn(dialling_network_, make_node_config(protocols)), patience,
                        dial_atom_v, target);
  };
  std::deque<decltype(begin())> under_way;
  for (std::size_t begun = 0; begun < nodes || !under_way.empty();) {
    if (begun < nodes && under_way.size() < at_once) {
      under_way.push_back(begin());
      ++begun;
      continue;
    }
    std::move(under_way.front())
      .receive([](const peer_info&) {},
               [](const caf::error& x) { throw std::runtime_error(describe(x)); });
    under_way.pop_front();
  }
}

std::vector<peer_info> arena::peers() {
  return ask<std::vector<peer_info>>(system_, nodes_.back(), peers_atom_v);
}

node_config make_node_config(std::vector<protocol> protocols) {
  constexpr std::size_t plenty = 100000;
  node_config out{crypto::private_key::generate(), nullptr, std::move(protocols), {}, {}, nullptr};
  out.limits.max_peers = plenty;
  out.limits.max_pending = plenty;
  out.limits.max_base_messages = plenty;
  out.limits.dial_ratio = 0;
  return out;
}

handler_actor::behavior_type echo(handler_actor::pointer self, const channel& link) {
  return {[=](const packet& x) { link.send(self, x); }};
}

} // namespace devp2p::bench
