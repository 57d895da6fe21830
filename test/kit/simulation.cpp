// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/simulation.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/net/sim/chance.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

namespace devp2p::kit {

namespace {

constexpr std::uint16_t port = 30303;

/// Many, so that what is in the caches is used; but who has endless work must not stop the others.
constexpr std::size_t messages_a_turn = 64;

/// One for each node, so a small one. Streams of different numbers have nothing to do with each
/// other.
class small_random : public net::random_source {
public:
  small_random(std::uint64_t seed, std::uint64_t number)
    : words_(net::chance{seed}.apart(number)) {}

  void fill(mutable_byte_view out) override {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i, word >>= 8) {
      if (i % sizeof(word) == 0)
        word = words_.word();
      out[i] = static_cast<std::uint8_t>(word);
    }
  }

private:
  net::chance words_;
};

/// The most nodes of a topology fit in there.
std::string address(std::size_t number) {
  return "10." + std::to_string(number >> 16) + "." + std::to_string(number >> 8 & 0xff) + "." +
         std::to_string(number & 0xff);
}

/// Inverse of `address`; only of such.
std::size_t number_of(const std::string& address) {
  std::size_t out = 0;
  std::size_t part = 0;
  for (auto x : address.substr(address.find('.')) + '.') {
    if (x == '.')
      out = out << 8 | std::exchange(part, 0);
    else
      part = part * 10 + static_cast<std::size_t>(x - '0');
  }
  return out;
}

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
  octets += other.octets;
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
    world_({.seed = options_.seed,
            .in_order = true,
            .turn = messages_a_turn,
            .trace = false,
            .on_turn = options_.timed ? turn_observer{[this](const turn& x) { times_.add(x); }}
                                      : turn_observer{}}) {
  assert(options_.here.index < options_.here.count);
  assert(options_.here.count == 1 || options_.conditions.latency.count() > 0);
  make_nodes();
  make_lines();
  for (std::size_t i = 0; i < size(); ++i)
    start(i);
}

void simulation::make_nodes() {
  residents_.resize(options_.links.nodes);
  for (std::uint32_t i = 0; i < size(); ++i) {
    auto random = std::make_unique<small_random>(options_.seed, i);
    auto& us = residents_[i];
    us.record.start();
    auto is_near = [this](auto other) { return is_here(other); };
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
      auto place = options_.here.of(number_of(ip), size());
      return place == options_.here.index ? std::nullopt : std::optional{place};
    });
  for (auto [first, second] : options_.links.links) {
    if (!concerns_us(first, second))
      continue;
    network.set_conditions(address(first), address(second), options_.conditions);
    network.set_conditions(address(second), address(first), options_.conditions);
  }
}

simulation::~simulation() {
  for (auto& x : residents_) {
    // What is told while all of it ends is of no interest.
    ++x.life;
    // Protocols' own actors live as long as somebody has their node.
    x.node = nullptr;
  }
}

const node_actor& simulation::node(std::size_t number) const {
  return residents_.at(number).node;
}

enode simulation::url(std::size_t number) const {
  const auto& key = residents_.at(number).key;
  auto id = key ? key->id() : ids_elsewhere_.at(static_cast<std::uint32_t>(number));
  return {id, {address(number), port}, port};
}

simulation_traffic simulation::traffic() const {
  auto out = meter_->counts;
  out.octets = world_.network().carried();
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
  auto& host = world_.host(address(number));
  resident.node = world_.adopt(spawn_node(world_.system(), host, configure(number)));
  caf::anon_send(resident.node, listen_atom::value, endpoint{address(number), port});
  std::vector<enode> dialled;
  for (auto other : neighbours_[number])
    if (other > number)
      dialled.push_back(url(other));
  world_.system().spawn<link_keeper>(resident.node, std::move(dialled), options_.redial_after,
                                     observe(number));
  tell({.node = number, .what = happening_kind::started});
}

void simulation::crash(std::size_t number) {
  auto& resident = residents_.at(number);
  if (!std::exchange(resident.up, false))
    return;
  for (auto other : neighbours_[number])
    if (concerns_us(number, other))
      world_.network().cut(address(number), address(other));
  if (!is_here(number))
    return;
  caf::anon_send_exit(resident.node, caf::exit_reason::kill);
  resident.node = nullptr;
  ++resident.life;
  running_ -= std::exchange(resident.running, 0);
  tell({.node = number, .what = happening_kind::crashed});
}

void simulation::cut(std::size_t one, std::size_t other) {
  if (concerns_us(one, other))
    world_.network().cut(address(one), address(other));
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
    if (concerns_us(from, to) && world_.network().conditions(address(from), address(to)).stalled)
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
}

void simulation::separate(const std::vector<std::size_t>& nodes) {
  std::vector<bool> inside(size());
  for (auto x : nodes)
    inside.at(x) = true;
  for (auto x : nodes)
    for (auto other : neighbours_[x])
      if (!inside[other]) {
        stall(x, other);
        stall(other, x);
      }
}

void simulation::heal() {
  for (auto [first, second] : options_.links.links) {
    resume(first, second);
    resume(second, first);
  }
}

void simulation::run_for(caf::timespan time) {
  world_.advance(time);
  world_.network().rest();
  report();
}

void simulation::tell(happening what) {
  what.when = now();
  auto line = to_json(what);
  residents_[what.node].record.add(
    byte_view{reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
  if (!options_.on_happening)
    return;
  if (!recent_.empty() && recent_.front().when != what.when)
    report();
  recent_.push_back(std::move(what));
}

void simulation::report() {
  std::stable_sort(recent_.begin(), recent_.end(),
                   [](const auto& x, const auto& y) { return x.node < y.node; });
  for (const auto& x : recent_)
    options_.on_happening(x);
  recent_.clear();
}

std::uint64_t simulation::hash() const {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size(); ++i)
    if (is_here(i))
      out += net::chance::mix(residents_[i].record.hash() + net::chance::mix(i));
  return out;
}

node_config simulation::configure(std::size_t number) {
  auto& resident = residents_[number];
  node_config out{*resident.key, resident.random.get()};
  out.cleartext = options_.cleartext;
  if (options_.protocols)
    out.protocols = options_.protocols(world_.system(), number);
  if (options_.timed)
    for (auto& x : out.protocols)
      x.spawn = timed(number, std::move(x.spawn));
  out.meter = meter_;
  out.limits = options_.limits;
  auto links = neighbours_[number].size();
  out.limits.dial_ratio = 0;
  for (auto* limit : {&out.limits.max_peers, &out.limits.max_pending, &out.limits.max_dialing})
    *limit = std::max(*limit, links);
  return out;
}

/// Spawns the same, and says whose handler it is.
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

node_observer simulation::observe(std::size_t number) {
  auto is_alive = [this, number, life = residents_[number].life] {
    return residents_[number].life == life;
  };
  auto count = [this, number](std::size_t change) {
    residents_[number].running += change;
    running_ += change;
  };
  auto ended = [this, number](happening_kind what, const node_id& peer, const session_end& end) {
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
      tell(about(number, happening_kind::peer_added, x.peer.id));
    },
    [=](const peer_dropped& x) {
      if (!is_alive())
        return;
      count(std::size_t(-1)); // Modulo its range: one less.
      ended(happening_kind::peer_dropped, x.id, x.end);
    },
    [=](const session_failed& x) {
      if (is_alive())
        ended(happening_kind::session_failed, x.id, x.end);
    },
  };
}

happening simulation::about(std::size_t number, happening_kind what, const node_id& peer) const {
  happening out{.node = number, .what = what};
  if (auto found = numbers_.find(peer); found != numbers_.end())
    out.peer = found->second;
  return out;
}

void simulation::set_stalled(std::size_t from, std::size_t to, bool stalled) {
  if (!concerns_us(from, to))
    return;
  auto conditions = world_.network().conditions(address(from), address(to));
  if (conditions.stalled == stalled)
    return;
  conditions.stalled = stalled;
  world_.network().set_conditions(address(from), address(to), conditions);
}

} // namespace devp2p::kit
