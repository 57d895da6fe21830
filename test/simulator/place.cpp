// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/place.hpp"

#include "devp2p/simulator/simulation.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

namespace devp2p::simulator {

place::place(simulation& network, std::size_t node, any_record settings, disk kept)
  : life_(std::make_shared<life>(life{network, node, std::move(settings), std::move(kept)})) {}

caf::actor_system& place::system() const {
  return life_->network.where().system();
}

std::size_t place::nodes() const {
  return life_->network.size();
}

std::vector<std::size_t> place::neighbours() const {
  return life_->network.neighbours_of(life_->node);
}

node_id place::id_of(std::size_t node) const {
  return life_->network.url(node).id;
}

std::uint64_t place::seed() const {
  return life_->network.seed_of(life_->node);
}

void place::tell(std::string what, std::string detail, std::optional<std::size_t> peer) const {
  if (!life_->over)
    life_->network.tell({.node = life_->node,
                         .what = event_kind::told,
                         .name = std::move(what),
                         .peer = peer,
                         .detail = std::move(detail)});
}

void place::tell_with(std::string what, std::vector<event_field> fields,
                      std::optional<std::size_t> peer) const {
  if (!life_->over)
    life_->network.tell({.node = life_->node,
                         .what = event_kind::told,
                         .name = std::move(what),
                         .peer = peer,
                         .fields = std::move(fields)});
}

void place::observe(std::string what, std::int64_t value) const {
  if (!life_->over)
    life_->network.tell(
      {.node = life_->node, .what = event_kind::told, .name = std::move(what), .value = value});
}

void place::end() const {
  life_->over = true;
  for (const auto& x : std::exchange(life_->actors, {}))
    caf::anon_send_exit(x, caf::exit_reason::kill);
}

void place::add_actor(caf::actor x) const {
  life_->network.where().adopt(x);
  life_->actors.push_back(std::move(x));
}

} // namespace devp2p::simulator
