// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/player.hpp"

#include "devp2p/simulator/scenario_times.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

namespace devp2p::simulator {

namespace {

template <class... Functions>
struct overloaded : Functions... {
  using Functions::operator()...;
};

// clang 14 needs this deduction guide.
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

/// Whether a schedule has an action of one of these types.
template <class... Actions>
bool has_any(const std::vector<scenario::step>& schedule) {
  return std::any_of(schedule.begin(), schedule.end(), [](const scenario::step& x) {
    return (std::holds_alternative<Actions>(x.what) || ...);
  });
}

} // namespace

player::player(scenario what, std::function<void(const event&)> on_event)
  : schedule_(std::move(what.schedule)),
    length_(what.length),
    network_([&] {
      what.network.on_event = std::move(on_event);
      return with_protocols(what);
    }()) {
  // The nodes have spawned actors since that are none of a protocol's.
  claim_actors(std::nullopt);
}

// Handles must not outlive their system.
player::~player() {
  for (auto& x : casts_)
    for (auto& seat : x.seats) {
      if (seat.where)
        seat.where->end();
      seat.state.reset();
    }
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
  const auto nodes = what.network.links.nodes;
  std::vector<bool> honest(nodes, true);
  for (const auto& x : what.byzantine)
    for (auto node : x.nodes)
      honest[node] = false;
  for (const auto& x : what.protocols)
    add_cast(x, honest);
  for (const auto& x : what.byzantine) {
    std::vector<bool> offered(nodes);
    for (auto node : x.nodes)
      offered[node] = true;
    add_cast(x.what, std::move(offered));
  }
  observes_ = std::any_of(casts_.begin(), casts_.end(),
                          [](const cast& x) { return !x.what.kind->observations.empty(); });
  auto out = what.network;
  out.paced = has_any<action::slow_down>(schedule_);
  out.disordered = has_any<action::duplicate_messages, action::reorder_messages>(schedule_);
  const auto skewed = has_any<action::skew_clock>(schedule_);
  follows_actors_ = observes_ || skewed;
  if (follows_actors_)
    out.on_turn = [this](const kit::turn& x) { on_turn(x); };
  if (observes_)
    out.on_moment = [this] { observe(); };
  if (skewed)
    out.clock_owner = [this](caf::actor_id x) { return owner_of(x); };
  out.protocols = [this](caf::actor_system&, std::size_t node) { return host(node); };
  return out;
}

void player::add_cast(const offered_protocol& what, std::vector<bool> offered) {
  for (const auto& x : what.kind->actions)
    actions_.emplace(x.blank.name(), known_action{casts_.size(), &x});
  std::vector<seat> seats(offered.size());
  casts_.push_back({what, std::move(seats), std::move(offered)});
}

std::vector<protocol> player::host(std::size_t node) {
  forget_actors(node);
  claim_actors(std::nullopt);
  std::vector<protocol> out;
  for (auto& x : casts_) {
    if (!x.offered[node])
      continue;
    auto& seat = x.seats[node];
    if (!seat.kept)
      seat.kept = std::make_shared<std::any>();
    if (seat.where)
      seat.where->end();
    seat.where.emplace(network_, node, x.what.settings, seat.kept);
    auto offered = network_.on_clock_of(node, [&] { return x.what.kind->host(*seat.where); });
    seat.state = std::move(offered.state);
    seat.numbers.assign(x.what.kind->observations.size(), std::nullopt);
    out.insert(out.end(), std::make_move_iterator(offered.protocols.begin()),
               std::make_move_iterator(offered.protocols.end()));
  }
  claim_actors(node);
  if (follows_actors_)
    for (auto& x : out)
      x.spawn = [this, node, spawn = std::move(x.spawn)](caf::actor_system& system,
                                                         const channel& link) {
        claim_actors(std::nullopt);
        auto handler = network_.on_clock_of(node, [&] { return spawn(system, link); });
        claim_actors(node);
        return handler;
      };
  touch(node);
  return out;
}

void player::touch(std::size_t node) {
  if (observes_)
    touched_.insert(node);
}

void player::forget_actors(std::size_t node) {
  std::erase_if(owners_, [=](const auto& x) { return x.second == node; });
}

void player::claim_actors(std::optional<std::size_t> node) {
  if (!follows_actors_)
    return;
  const auto latest = network_.where().system().latest_actor_id();
  if (node)
    for (auto id = latest_actor_ + 1; id <= latest; ++id)
      owners_.insert_or_assign(id, *node);
  latest_actor_ = latest;
}

void player::on_turn(const kit::turn& x) {
  auto found = owners_.find(x.actor);
  if (found == owners_.end())
    return claim_actors(std::nullopt);
  const auto node = found->second;
  touch(node);
  if (x.ended)
    owners_.erase(found);
  claim_actors(node);
}

std::optional<std::size_t> player::owner_of(caf::actor_id actor) const {
  auto found = owners_.find(actor);
  return found != owners_.end() ? std::optional{found->second} : std::nullopt;
}

void player::observe() {
  for (auto node : std::exchange(touched_, {})) {
    if (!network_.node(node))
      continue;
    for (auto& x : casts_) {
      auto& seat = x.seats[node];
      for (std::size_t i = 0; i < seat.numbers.size(); ++i) {
        const auto& what = x.what.kind->observations[i];
        auto number = what.read(seat.state);
        if (std::exchange(seat.numbers[i], number) != number)
          network_.tell(
            {.node = node, .what = event_kind::told, .name = what.name, .value = number});
      }
    }
  }
}

void player::act(const any_action& what) {
  std::visit(
    overloaded{
      [this](const any_record& x) { act(x); },
      [this](const action::crash& x) { crash(x.node, x.loses_disk); },
      [this](const action::start& x) {
        network_.start(x.node);
        claim_actors(std::nullopt);
      },
      [this](const action::freeze& x) { network_.freeze(x.node); },
      [this](const action::thaw& x) { network_.thaw(x.node); },
      [this](const action::stall& x) { network_.stall(x.from, x.to); },
      [this](const action::resume& x) { network_.resume(x.from, x.to); },
      [this](const action::separate& x) { network_.separate(x.nodes, x.others, x.direction); },
      [this](const action::set_line& x) {
        network_.set_line(x.nodes, x.others, x.direction, x.line);
      },
      [this](const action::slow_down& x) {
        network_.set_pace(x.node, seconds(1 / x.messages_per_second));
      },
      [this](const action::speed_up& x) { network_.set_pace(x.node, std::nullopt); },
      [this](const action::skew_clock& x) { network_.skew_clock(x.node, x.shift, x.drift_ppm); },
      [this](const action::reset_clock& x) { network_.reset_clock(x.node); },
      [this](const action::duplicate_messages& x) {
        network_.duplicate_messages(x.nodes, x.percent);
      },
      [this](const action::reorder_messages& x) { network_.reorder_messages(x.nodes, x.percent); },
      [this](const action::heal&) { network_.heal(); },
      [this](const action::restart_nat& x) { network_.restart_nat(x.node); },
      [this](const action::cut& x) { network_.cut(x.from, x.to); },
    },
    what);
}

void player::act(const any_record& what) {
  auto found = actions_.find(what.name());
  const auto node = node_of(what);
  if (found == actions_.end() || !node)
    return;
  auto& action = found->second;
  const auto number = action.done++;
  // A node that is down, or in another part, does nothing; nor does one that is byzantine.
  if (!network_.node(*node))
    return;
  const auto& seat = casts_[action.cast].seats[*node];
  if (!seat.where)
    return;
  claim_actors(std::nullopt);
  network_.on_clock_of(*node, [&] { action.kind->act(what, seat.state, {*seat.where, number}); });
  claim_actors(*node);
  touch(*node);
}

void player::crash(std::size_t node, bool loses_disk) {
  for (auto& x : casts_) {
    auto& seat = x.seats[node];
    if (!seat.where)
      continue;
    seat.where->end();
    // Actors that have not died yet keep the old disk.
    seat.kept = loses_disk ? std::make_shared<std::any>() : std::make_shared<std::any>(*seat.kept);
  }
  network_.crash(node);
}

} // namespace devp2p::simulator
