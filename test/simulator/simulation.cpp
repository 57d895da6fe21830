// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/simulation.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/sim/seeded_rng.hpp"
#include "devp2p/simulator/disordered_handler.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/message_disorder.hpp"
#include "devp2p/simulator/simulated_address.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <string>
#include <utility>

namespace devp2p::simulator {

namespace {

constexpr std::uint16_t port = 30303;

/// A constant mixed into the seed, so that no other chance draws the same numbers.
constexpr std::uint64_t disorder_stream = 0x6469736f72646572;

/// The maximum number of messages that an actor handles in a turn. Large, to make use of the
/// processor's caches; but an actor with endless work must not stop the others.
constexpr std::size_t messages_a_turn = 64;

/// A random source that takes little memory, since there is one for each node. Sources of different
/// numbers are independent of each other.
class small_random : public random_source {
public:
  small_random(std::uint64_t seed, std::uint64_t number)
    : words_(net::seeded_rng{seed}.apart(number)) {}

  void fill(mutable_byte_view out) override {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i, word >>= 8) {
      if (i % sizeof(word) == 0)
        word = words_.word();
      out[i] = static_cast<std::uint8_t>(word);
    }
  }

private:
  net::seeded_rng words_;
};

std::vector<std::vector<std::uint32_t>> neighbours(const topology& links) {
  std::vector<std::vector<std::uint32_t>> out(links.nodes);
  for (auto [first, second] : links.links) {
    out[first].push_back(second);
    out[second].push_back(first);
  }
  return out;
}

} // namespace

simulation_traffic& simulation_traffic::operator+=(const simulation_traffic& other) {
  sent += other.sent;
  handled += other.handled;
  payload += other.payload;
  carried += other.carried;
  return *this;
}

class simulation::meter : public traffic_meter {
public:
  void on_received(const capability&, std::size_t size) override {
    ++counts.handled;
    counts.payload += size;
  }
  void on_sent(const capability&, std::size_t) override { ++counts.sent; }

  simulation_traffic counts;
};

simulation::simulation(simulation_options options)
  : options_(std::move(options)),
    meter_(std::make_shared<meter>()),
    neighbours_(neighbours(options_.links)),
    nat_links_(options_.links, options_.nats),
    world_({.seed = options_.seed,
            .in_order = true,
            .turn = messages_a_turn,
            .trace = false,
            .on_turn = observe_turns(),
            .pace = pace_turns(),
            .skew = skew_turns(),
            .configure = options_.configure}) {
  assert(options_.here.index < options_.here.count);
  assert(options_.here.count == 1 || options_.conditions.latency.count() > 0);
  make_nodes();
  make_lines();
  make_nats();
  for (std::size_t i = 0; i < size(); ++i)
    start(i);
}

kit::turn_observer simulation::observe_turns() {
  if (!options_.timed && !options_.paced)
    return options_.on_turn;
  return [this](const kit::turn& x) {
    if (options_.timed)
      times_.add(x);
    if (options_.paced && x.ended)
      paces_.remove(x.actor);
    if (options_.on_turn)
      options_.on_turn(x);
  };
}

kit::turn_pace simulation::pace_turns() {
  if (!options_.paced)
    return nullptr;
  return [this](caf::actor_id actor) { return paces_.next_turn(actor, now()); };
}

kit::turn_clock simulation::skew_turns() {
  if (!options_.clock_owner)
    return nullptr;
  return [this](caf::actor_id actor) {
    // Most clocks are right most of the time.
    auto owner = clocks_.empty() ? std::nullopt : options_.clock_owner(actor);
    return owner ? skew_of(*owner) : std::nullopt;
  };
}

std::optional<kit::clock_skew> simulation::skew_of(std::size_t number) const {
  auto found = clocks_.find(number);
  return found != clocks_.end() ? std::optional{found->second} : std::nullopt;
}

void simulation::make_nodes() {
  residents_.resize(options_.links.nodes);
  for (std::uint32_t i = 0; i < size(); ++i) {
    auto random = std::make_unique<small_random>(options_.seed, i);
    auto& us = residents_[i];
    us.record.start();
    auto is_near = [this](auto other) { return is_here(other); };
    if (is_here(i) && options_.disordered)
      disorders_.emplace(i, std::make_unique<message_disorder>(
                              net::seeded_rng{options_.seed ^ disorder_stream}.apart(i)));
    if (is_here(i)) {
      us.key = crypto::private_key::generate(*random);
      us.random = std::move(random);
      numbers_.emplace(us.key->id(), i);
    } else if (std::any_of(neighbours_[i].begin(), neighbours_[i].end(), is_near)) {
      auto id = crypto::private_key::generate(*random).id();
      ids_elsewhere_.emplace(i, id);
      numbers_.emplace(id, i);
    }
  }
}

void simulation::make_lines() {
  auto& network = world_.network();
  if (options_.here.count > 1)
    network.locate_by([this](const std::string& ip) {
      auto place = ip == nat_links::middle ? 0 : options_.here.of(number_at(ip), size());
      return place == options_.here.index ? std::nullopt : std::optional{place};
    });
  for (auto [first, second] : options_.links.links) {
    if (!concerns_us(first, second))
      continue;
    network.set_conditions(simulated_address(first), simulated_address(second),
                           conditions_of(first, second));
    network.set_conditions(simulated_address(second), simulated_address(first),
                           conditions_of(second, first));
  }
}

void simulation::make_nats() {
  auto& network = world_.network();
  for (auto [node, kind] : options_.nats)
    if (is_here(node))
      network.put_behind(simulated_address(node), kind);
  for (auto node : nat_links_.meeting())
    if (is_here(node) || is_middle_here()) {
      network.set_conditions(simulated_address(node), nat_links::middle, options_.conditions);
      network.set_conditions(nat_links::middle, simulated_address(node), options_.conditions);
    }
  if (nat_links_.meeting().empty() || !is_middle_here())
    return;
  middle_random_ = std::make_unique<small_random>(options_.seed, size());
  auto rendezvous = world_.adopt(spawn_rendezvous(world_.system(), world_.host(nat_links::middle),
                                                  nat_links_.for_rendezvous(*middle_random_)));
  auto [first, second] = nat_links::site();
  anon_send_to(rendezvous, listen_atom_v, first, *second);
}

simulation::~simulation() {
  for (auto& x : residents_) {
    // Events during the destruction are ignored.
    ++x.life;
    // The actors of protocols live as long as there is a handle to their node.
    x.node = nullptr;
  }
  punchers_.clear();
}

const node_actor& simulation::node(std::size_t number) const {
  return residents_.at(number).node;
}

enode simulation::url(std::size_t number) const {
  const auto& key = residents_.at(number).key;
  auto id = key ? key->id() : ids_elsewhere_.at(static_cast<std::uint32_t>(number));
  return {id, {simulated_address(number), port}, port};
}

std::vector<std::size_t> simulation::neighbours_of(std::size_t number) const {
  const auto& all = neighbours_.at(number);
  return {all.begin(), all.end()};
}

std::uint64_t simulation::seed_of(std::size_t number) const {
  using net::seeded_rng;
  return seeded_rng::mix(options_.seed +
                         seeded_rng::mix(number + seeded_rng::mix(residents_.at(number).life)));
}

simulation_traffic simulation::traffic() const {
  auto out = meter_->counts;
  out.carried = world_.network().carried();
  return out;
}

bool simulation::run_until_linked(caf::timespan limit) {
  auto done = world_.run_until([this] { return linked() == options_.links.links.size(); }, limit);
  report();
  return done;
}

void simulation::start(std::size_t number) {
  auto& resident = residents_.at(number);
  if (std::exchange(resident.up, true) || !is_here(number))
    return;
  ++resident.life;
  // First, because its protocols may tell of events from the beginning.
  tell({.node = number, .what = event_kind::started});
  auto& host = world_.host(simulated_address(number));
  resident.node = world_.adopt(spawn_node(world_.system(), host, configure(number)));
  anon_send_to(resident.node, listen_atom_v, endpoint{simulated_address(number), port});
  auto puncher = make_puncher(number);
  world_.system().spawn<link_keeper>(resident.node, puncher, links_to_keep(number),
                                     options_.redial_after, observe(number));
}

void simulation::run_for(caf::timespan time) {
  if (options_.on_moment) {
    const auto end = now() + time;
    for (world_.run();; world_.advance(std::min(end, *world_.next_due()) - now())) {
      options_.on_moment();
      if (auto due = world_.next_due(); !due || *due > end)
        break;
    }
    time = end - now();
  }
  world_.advance(time);
  world_.network().rest();
  report();
}

void simulation::tell(event what) {
  if (auto why = refuse_fields(what.fields)) {
    wrong_ = wrong_.value_or("node " + std::to_string(what.node) + " tells of \"" + what.name +
                             "\" " + *why);
    return;
  }
  what.when = now();
  auto line = to_json(what);
  residents_[what.node].record.add(
    byte_view{reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
  if (!options_.on_event)
    return;
  if (!recent_.empty() && recent_.front().when != what.when)
    pass_on();
  recent_.push_back(std::move(what));
}

void simulation::report() {
  pass_on();
  if (wrong_)
    throw std::invalid_argument{*wrong_};
}

void simulation::pass_on() {
  std::stable_sort(recent_.begin(), recent_.end(),
                   [](const auto& x, const auto& y) { return x.node < y.node; });
  for (const auto& x : recent_)
    options_.on_event(x);
  recent_.clear();
}

std::uint64_t simulation::hash() const {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size(); ++i)
    if (is_here(i))
      out += net::seeded_rng::mix(residents_[i].record.hash() + net::seeded_rng::mix(i));
  return out;
}

puncher_actor simulation::make_puncher(std::size_t number) {
  if (!nat_links_.meets(number))
    return {};
  auto& us = residents_[number];
  auto out = world_.adopt(spawn_puncher(world_.system(), world_.host(simulated_address(number)),
                                        nat_links::for_puncher(*us.key, *us.random)));
  punchers_[number] = out;
  return out;
}

std::vector<kept_link> simulation::links_to_keep(std::size_t number) const {
  std::vector<kept_link> out;
  for (auto other : neighbours_[number])
    switch (nat_links_.of(number, other)) {
    case nat_links::part::waits:
      break;
    case nat_links::part::dials:
      out.push_back({url(other)});
      break;
    case nat_links::part::meets:
      auto place = find_link(options_.links, number, other) - options_.links.links.data();
      out.push_back({url(other), true, nat_links::delay_of(static_cast<std::size_t>(place))});
    }
  return out;
}

node_config simulation::configure(std::size_t number) {
  auto& resident = residents_[number];
  node_config out{*resident.key, resident.random.get()};
  out.cleartext = options_.cleartext;
  if (options_.protocols)
    out.protocols = options_.protocols(world_.system(), number);
  for (auto& x : out.protocols) {
    if (options_.timed)
      x.spawn = timed(number, std::move(x.spawn));
    if (options_.paced)
      x.spawn = paced(number, std::move(x.spawn));
    if (options_.disordered)
      x.spawn = with_disorder(number, std::move(x.spawn));
  }
  out.meter = meter_;
  out.limits = options_.limits;
  auto links = neighbours_[number].size();
  out.limits.dial_ratio = 0;
  for (auto* limit : {&out.limits.max_peers, &out.limits.max_pending, &out.limits.max_dialing})
    *limit = std::max(*limit, links);
  return out;
}

/// Spawns the same handlers, and records the place of each for `times_`.
handler_factory simulation::timed(std::size_t number, handler_factory spawn) {
  return [this, number, spawn = std::move(spawn)](caf::actor_system& system, const channel& link) {
    auto out = spawn(system, link);
    if (out) {
      auto peer = numbers_.find(link.remote.id);
      times_.add_handler(
        out.id(), {.node = number,
                   .peer = peer != numbers_.end() ? std::optional{peer->second} : std::nullopt,
                   .protocol = to_string(link.protocol)});
    }
    return out;
  };
}

/// Spawns the same handlers, and makes them known to `paces_`.
handler_factory simulation::paced(std::size_t number, handler_factory spawn) {
  return [this, number, spawn = std::move(spawn)](caf::actor_system& system, const channel& link) {
    auto out = spawn(system, link);
    if (out)
      paces_.add(out.id(), number);
    return out;
  };
}

/// Spawns the same handlers, whose messages come in disorder.
handler_factory simulation::with_disorder(std::size_t number, handler_factory spawn) {
  return [this, number, spawn = std::move(spawn)](caf::actor_system& system, const channel& link) {
    auto out = spawn(system, link);
    return out ? disordered(system, out, *disorders_.at(number)) : out;
  };
}

node_observer simulation::observe(std::size_t number) {
  auto is_alive = [this, number, life = residents_[number].life] {
    return residents_[number].life == life;
  };
  auto count = [this, number](std::size_t change) {
    residents_[number].running += change;
    running_ += change;
  };
  auto ended = [this, number](event_kind what, const node_id& peer, const session_end& end) {
    auto out = about(number, what, peer);
    out.reason = end.reason;
    out.remote_requested = end.remote_requested;
    out.detail = end.error;
    tell(std::move(out));
  };
  return {
    [=, this](const peer_added& x) {
      if (!is_alive())
        return;
      count(1);
      tell(about(number, event_kind::peer_added, x.peer.id));
    },
    [=](const peer_dropped& x) {
      if (!is_alive())
        return;
      count(std::size_t(-1)); // Modulo its range: one less.
      ended(event_kind::peer_dropped, x.id, x.end);
    },
    [=](const session_failed& x) {
      if (is_alive())
        ended(event_kind::session_failed, x.id, x.end);
    },
    [=, this](const node_id& peer, const caf::error& why) {
      if (!is_alive())
        return;
      auto out = about(number, event_kind::punch_failed, peer);
      out.detail = describe(why);
      tell(std::move(out));
    },
  };
}

event simulation::about(std::size_t number, event_kind what, const node_id& peer) const {
  event out{.node = number, .what = what};
  if (auto found = numbers_.find(peer); found != numbers_.end())
    out.peer = found->second;
  return out;
}

} // namespace devp2p::simulator
