// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/player.hpp"

#include "devp2p/messages/caf.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace devp2p::simulator {

namespace {

template <class... Functions>
struct overloaded : Functions... {
  using Functions::operator()...;
};

// clang 14 needs this deduction guide.
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

} // namespace

player::player(scenario what, std::function<void(const event&)> on_event)
  : gossip_(what.gossip ? what.network.links.nodes : 0),
    probes_(what.echo ? what.network.links.nodes : 0),
    schedule_(std::move(what.schedule)),
    length_(what.length),
    network_([&] {
      what.network.on_event = std::move(on_event);
      return with_protocols(what);
    }()) {}

// Handles must not outlive their system.
player::~player() {
  gossip_.clear();
  probes_.clear();
}

void player::run_for(caf::timespan time) {
  const auto end = std::min(network_.now() + time, length_);
  do
    run_to(std::min(end, next_stop()));
  while (network_.now() < end);
}

std::optional<std::string> player::go_on(caf::timespan at_most) {
  run_for(at_most);
  return std::nullopt;
}

run_details player::details() {
  return {network_.stalled_ways(), network_.times()};
}

void player::run_to(caf::timespan until) {
  if (std::exchange(ran_, true))
    for (; action_is_due(); ++next_step_)
      act(schedule_[next_step_].what);
  network_.run_for(until - network_.now());
}

caf::timespan player::next_stop() const {
  for (auto i = next_step_; i < schedule_.size(); ++i)
    if (!ran_ || schedule_[i].at > network_.now())
      return std::min(schedule_[i].at, length_);
  return length_;
}

simulation_options player::with_protocols(const scenario& what) {
  auto out = what.network;
  out.protocols = [this, defect = what.defect](caf::actor_system& system, std::size_t node) {
    std::vector<protocol> offered;
    if (!gossip_.empty())
      offered.push_back(make_gossip(system, node, defect));
    if (!probes_.empty())
      offered.push_back(make_probe(system, node));
    return offered;
  };
  return out;
}

protocol player::make_gossip(caf::actor_system& system, std::size_t node, gossip_defect defect) {
  auto heard = [this, node](std::uint64_t rumour, std::size_t) {
    network_.tell({.node = node, .what = event_kind::heard, .detail = std::to_string(rumour)});
  };
  gossip_[node] = spawn_gossip(system, heard, defect);
  return gossip_protocol(gossip_[node]);
}

protocol player::make_probe(caf::actor_system& system, std::size_t node) {
  auto answered = [this, node](std::uint64_t asked, caf::timespan round_trip) {
    network_.tell({.node = node,
                   .what = event_kind::echoed,
                   .peer = static_cast<std::size_t>(asked),
                   .detail = std::to_string(round_trip.count())});
  };
  probes_[node] = spawn_latency_probe(system, answered);
  return echo_protocol(probes_[node]);
}

void player::act(const any_action& what) {
  auto publish = [this](const action::publish& x) {
    // A node that is down publishes nothing.
    if (network_.node(x.node))
      anon_send_to(gossip_[x.node].actor, write_atom_v, next_rumour_, blob{bytes(x.size)});
    ++next_rumour_;
  };
  auto ask = [this](const action::ask& x) {
    if (network_.node(x.from))
      anon_send_to(probes_[x.from], ask_atom_v, network_.url(x.to).id, std::uint64_t{x.to},
                   std::uint64_t{x.size});
  };
  std::visit(overloaded{
               publish,
               ask,
               [this](const action::crash& x) { network_.crash(x.node); },
               [this](const action::start& x) { network_.start(x.node); },
               [this](const action::freeze& x) { network_.freeze(x.node); },
               [this](const action::thaw& x) { network_.thaw(x.node); },
               [this](const action::stall& x) { network_.stall(x.from, x.to); },
               [this](const action::resume& x) { network_.resume(x.from, x.to); },
               [this](const action::separate& x) { network_.separate(x.nodes); },
               [this](const action::heal&) { network_.heal(); },
               [this](const action::restart_nat& x) { network_.restart_nat(x.node); },
               [this](const action::cut& x) { network_.cut(x.from, x.to); },
             },
             what);
}

} // namespace devp2p::simulator
