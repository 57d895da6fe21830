// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/simulated_address.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <caf/send.hpp>

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
  for (auto other : neighbours_.at(number)) {
    resume(number, other);
    resume(other, number);
  }
  set_apart(number, false);
}

void simulation::separate(const std::vector<std::size_t>& nodes) {
  std::vector<bool> inside(size());
  for (auto x : nodes)
    inside.at(x) = true;
  for (auto x : nodes) {
    for (auto other : neighbours_[x])
      if (!inside[other]) {
        stall(x, other);
        stall(other, x);
      }
    set_apart(x, true);
  }
}

void simulation::heal() {
  for (auto [first, second] : options_.links.links) {
    resume(first, second);
    resume(second, first);
  }
  for (auto x : nat_links_.meeting())
    set_apart(x, false);
}

void simulation::restart_nat(std::size_t number) {
  if (is_here(number))
    world_.network().restart_nat(simulated_address(number));
}

void simulation::set_stalled(std::size_t from, std::size_t to, bool stalled) {
  if (concerns_us(from, to))
    set_line_stalled(simulated_address(from), simulated_address(to), stalled);
}

/// The rendezvous is outside of every set of separated nodes.
void simulation::set_apart(std::size_t number, bool stalled) {
  if (!meets_here(number))
    return;
  set_line_stalled(simulated_address(number), nat_links::middle, stalled);
  set_line_stalled(nat_links::middle, simulated_address(number), stalled);
}

void simulation::set_line_stalled(const std::string& from, const std::string& to, bool stalled) {
  auto conditions = world_.network().conditions(from, to);
  if (conditions.stalled == stalled)
    return;
  conditions.stalled = stalled;
  world_.network().set_conditions(from, to, conditions);
}

} // namespace devp2p::simulator
