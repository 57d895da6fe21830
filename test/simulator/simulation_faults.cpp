// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/message_disorder.hpp"
#include "devp2p/simulator/simulated_address.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <caf/send.hpp>

#include <cassert>
#include <utility>

namespace devp2p::simulator {

void simulation::crash(std::size_t number) {
  auto& resident = residents_.at(number);
  if (!std::exchange(resident.up, false))
    return;
  for (auto other : neighbours_[number])
    if (concerns_us(number, other))
      world_.network().cut(simulated_address(number), simulated_address(other));
  if (meets_here(number))
    world_.network().cut(simulated_address(number), nat_links::middle);
  if (!is_here(number))
    return;
  caf::anon_send_exit(resident.node, caf::exit_reason::kill);
  resident.node = nullptr;
  paces_.remove_all_of(number);
  if (auto puncher = punchers_.extract(number))
    caf::anon_send_exit(puncher.mapped(), caf::exit_reason::kill);
  ++resident.life;
  running_ -= std::exchange(resident.running, 0);
  tell({.node = number, .what = event_kind::crashed});
}

void simulation::cut(std::size_t one, std::size_t other) {
  if (concerns_us(one, other))
    world_.network().cut(simulated_address(one), simulated_address(other));
}

void simulation::stall(std::size_t from, std::size_t to) {
  set_stalled(from, to, true);
}

void simulation::resume(std::size_t from, std::size_t to) {
  set_stalled(from, to, false);
}

std::set<std::pair<std::size_t, std::size_t>> simulation::stalled_ways() const {
  std::set<std::pair<std::size_t, std::size_t>> out;
  auto look = [&](std::size_t from, std::size_t to) {
    if (concerns_us(from, to) &&
        world_.network().conditions(simulated_address(from), simulated_address(to)).stalled)
      out.emplace(from, to);
  };
  for (auto [first, second] : options_.links.links) {
    look(first, second);
    look(second, first);
  }
  return out;
}

void simulation::freeze(std::size_t number) {
  separate({number});
}

void simulation::thaw(std::size_t number) {
  for_each_way({number}, {{size(), {number}}, {size(), {}}, direction::both}, true,
               [this](auto from, auto to) { resume(from, to); });
}

void simulation::separate(const std::vector<std::size_t>& nodes,
                          const std::vector<std::size_t>& others, direction which) {
  if (nodes.empty())
    return;
  const node_set inside{size(), nodes};
  for_each_way(nodes, {inside, {size(), others, &inside}, which}, others.empty(),
               [this](auto from, auto to) { stall(from, to); });
}

void simulation::set_line(const std::vector<std::size_t>& nodes,
                          const std::vector<std::size_t>& others, direction which,
                          const std::optional<line_change>& change) {
  for_each_way(nodes, {{size(), nodes}, {size(), others}, which}, others.empty(),
               [&](auto from, auto to) { change_line(from, to, change); });
}

void simulation::heal() {
  for (auto [from, to] : std::exchange(altered_, {}))
    change_line(from, to, std::nullopt);
  for (auto [first, second] : options_.links.links) {
    resume(first, second);
    resume(second, first);
  }
  for (std::size_t x : nat_links_.meeting()) {
    resume(x, middle());
    resume(middle(), x);
  }
  for (auto& [node, disorder] : disorders_) {
    disorder->duplicate(0);
    disorder->reorder(0);
  }
}

void simulation::skew_clock(std::size_t number, caf::timespan shift, std::int64_t drift_ppm) {
  if (options_.clock_owner && is_here(number))
    clocks_.insert_or_assign(number, kit::clock_skew{now(), shift, drift_ppm});
}

void simulation::reset_clock(std::size_t number) {
  clocks_.erase(number);
}

void simulation::duplicate_messages(const std::vector<std::size_t>& nodes, unsigned percent) {
  for_each_disorder(nodes, [=](message_disorder& x) { x.duplicate(percent); });
}

void simulation::reorder_messages(const std::vector<std::size_t>& nodes, unsigned percent) {
  for_each_disorder(nodes, [=](message_disorder& x) { x.reorder(percent); });
}

void simulation::for_each_disorder(const std::vector<std::size_t>& nodes,
                                   const std::function<void(message_disorder&)>& change) {
  const node_set all{size(), nodes};
  for (auto& [node, disorder] : disorders_)
    if (all.has(node))
      change(*disorder);
}

void simulation::set_pace(std::size_t number, std::optional<caf::timespan> each) {
  assert(options_.paced || !each);
  if (options_.paced && is_here(number))
    paces_.set(number, each);
}

void simulation::restart_nat(std::size_t number) {
  if (is_here(number))
    world_.network().restart_nat(simulated_address(number));
}

std::string simulation::address_of(std::size_t number) const {
  return number == middle() ? nat_links::middle : simulated_address(number);
}

void simulation::for_each_way(const std::vector<std::size_t>& nodes, const ways& which,
                              bool with_middle,
                              const std::function<void(std::size_t, std::size_t)>& change) {
  auto look_at = [&](std::size_t node) {
    for (std::size_t other : neighbours_[node]) {
      if (which.has(node, other))
        change(node, other);
      if (which.has(other, node))
        change(other, node);
    }
    if (!with_middle || !nat_links_.meets(node))
      return;
    if (which.direction != direction::in)
      change(node, middle());
    if (which.direction != direction::out)
      change(middle(), node);
  };
  if (nodes.empty())
    for (std::size_t i = 0; i < size(); ++i)
      look_at(i);
  for (auto x : nodes)
    look_at(x);
}

void simulation::set_stalled(std::size_t from, std::size_t to, bool stalled) {
  if (!concerns_us(from, to))
    return;
  auto& network = world_.network();
  auto conditions = network.conditions(address_of(from), address_of(to));
  if (conditions.stalled == stalled)
    return;
  conditions.stalled = stalled;
  network.set_conditions(address_of(from), address_of(to), conditions);
}

void simulation::change_line(std::size_t from, std::size_t to,
                             const std::optional<line_change>& change) {
  if (!concerns_us(from, to))
    return;
  auto& network = world_.network();
  const auto before = network.conditions(address_of(from), address_of(to));
  auto next = change.value_or(line_change{}).applied_to(conditions_of(from, to));
  next.stalled = before.stalled;
  // Not if nothing changes: what is written in one moment would no longer travel together.
  if (next != before)
    network.set_conditions(address_of(from), address_of(to), next);
  if (change)
    altered_.emplace(from, to);
  else
    altered_.erase({from, to});
}

} // namespace devp2p::simulator
