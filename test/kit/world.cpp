// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/world.hpp"

#include <caf/actor_registry.hpp>

#include <cstdio>
#include <cstdlib>

namespace devp2p::kit {

world::config::config(const world_options& options) {
  add_types(*this);
  if (options.configure)
    options.configure(*this);
  set("scheduler.policy", caf::atom("testing"));
  module_factories.push_back([skewed = options.skew != nullptr](caf::actor_system& system) {
    return new world_scheduler(system, skewed); // The system owns its modules.
  });
}

world::world(std::size_t pipe_capacity) : world(world_options{pipe_capacity}) {}

world::world(const world_options& options)
  : config_(options),
    network_(options.pipe_capacity, options.seed, options.in_order),
    system_(config_),
    residents_(system_.registry().running()),
    schedule_(
      scheduler(), network_,
      {// The sequence differs from that of the network.
       .seed = options.seed && !options.in_order ? std::optional{~*options.seed} : std::nullopt,
       .turn = options.turn,
       .together = options.in_order,
       .traced = options.trace,
       .on_turn = options.on_turn,
       .pace = options.pace,
       .skew = options.skew}) {
  if (options.trace)
    network_.start_trace();
}

world::~world() {
  end();
  if (auto left = living(); left > 0) {
    // The actor system would wait for them forever.
    std::fprintf(stderr, "%zu actors have outlived their world: %s\n", left,
                 names_of_the_living().c_str());
    std::abort();
  }
}

void world::run() {
  while (run_one())
    ;
}

void world::advance(caf::timespan by) {
  const auto end = now() + by;
  do
    run();
  while (schedule_.pass(end));
}

/// Removes actors that have ended first, since a world may see many.
void world::remember(caf::actor who) {
  if (actors_.size() >= enough_) {
    std::erase_if(actors_, [](const caf::actor& x) {
      return caf::actor_cast<caf::abstract_actor*>(x)->getf(
        caf::abstract_actor::is_terminated_flag);
    });
    enough_ = std::max<std::size_t>(enough_, 2 * actors_.size());
  }
  actors_.push_back(std::move(who));
}

void world::end() {
  schedule_.hurry();
  for (const auto& x : actors_)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  // A minute is longer than any deadline of a session.
  advance(std::chrono::minutes{1});
  for (const auto& x : actors_)
    caf::anon_send_exit(x, caf::exit_reason::kill);
  actors_.clear();
  advance(std::chrono::minutes{1});
}

std::size_t world::living() {
  return system_.registry().running() - residents_;
}

std::vector<std::string> world::leftovers(std::size_t expected) {
  std::vector<std::string> out;
  if (auto found = living(); found != expected)
    out.push_back(std::to_string(found) + " actors live, but " + std::to_string(expected) +
                  " should: " + names_of_the_living());
  if (timers_pending())
    out.push_back("a timer is pending");
  return out;
}

/// Names some of them, and counts the others.
std::string world::names_of_the_living() const {
  constexpr std::size_t most = 10;
  auto names = schedule_.actors().living();
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < most; ++i)
    out += (i > 0 ? ", " : "") + names[i];
  if (names.size() > most)
    out += ", and " + std::to_string(names.size() - most) + " more";
  return names.empty() ? "none of those that had a turn" : out;
}

} // namespace devp2p::kit
