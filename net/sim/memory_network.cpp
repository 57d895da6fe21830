// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/memory_network.hpp"

#include "devp2p/net/sim/memory_host.hpp"

#include <cassert>
#include <utility>

namespace devp2p::net {

namespace {

/// Returns the number of a line: the same in every process, whatever else there is.
std::uint64_t number_of(const std::string& from, const std::string& to) {
  std::uint64_t out = 0;
  for (const auto* host : {&from, &to})
    for (auto x : *host + '\0')
      out = seeded_rng::mix(out ^ static_cast<unsigned char>(x)) + 0x9e3779b97f4a7c15;
  return out;
}

const line* find(const memory_world& world, const std::string& from, const std::string& to) {
  auto found = world.lines.find({from, to});
  return found == world.lines.end() ? nullptr : &found->second;
}

} // namespace

memory_world::memory_world(std::size_t pipe_capacity, std::optional<std::uint64_t> seed,
                           bool in_order)
  : pipe_capacity(pipe_capacity),
    lines_rng(seed),
    rng(seed),
    events(rng, record, in_order) {}

memory_world::~memory_world() {
  hosts.clear();
}

line& memory_world::way(const std::string& from, const std::string& to) {
  std::pair key{from, to};
  auto found = lines.find(key);
  if (found != lines.end())
    return found->second;
  auto place = lines.try_emplace(std::move(key), *this, from, to, number_of(from, to)).first;
  if (elsewhere && elsewhere(to))
    place->second.lead_elsewhere();
  return place->second;
}

void memory_world::arrive(line& by, segment& what) {
  switch (what.what) {
  case segment_kind::dial:
    // No callback runs from within a call.
    events.push([this, &by, what] { on_syn(by, what); });
    break;
  case segment_kind::answer:
    if (auto host = hosts.find(by.to()); host != hosts.end())
      host->second->answered(what);
    break;
  case segment_kind::unheard:
    if (auto host = hosts.find(by.to()); host != hosts.end())
      host->second->unheard(what.number);
    break;
  case segment_kind::datagram:
    record.add(what.content);
    if (auto host = hosts.find(by.to()); host != hosts.end())
      host->second->take(what.to_port, {{by.from(), what.from_port}, std::move(what.content)});
    break;
  default:
    arrive_at_end(by, what);
  }
}

void memory_world::arrive_at_end(line& by, segment& what) {
  if (auto found = by.ends.find(what.number); found != by.ends.end())
    found->second->arrive(what);
  else if (what.what == segment_kind::data)
    back(by).send({.what = segment_kind::broken, .number = what.number ^ 1});
}

void memory_world::on_syn(line& by, const segment& what) {
  if (auto host = hosts.find(by.to()); host != hosts.end())
    host->second->on_syn({by.from(), what.from_port}, what.to_port, what.number);
  else
    back(by).send(
      {.what = segment_kind::answer, .number = what.number, .error = errc::host_unreachable});
}

std::shared_ptr<connection_end>
memory_world::join(const std::string& local, const std::string& remote, std::uint64_t number) {
  return std::make_shared<connection_end>(way(remote, local), way(local, remote), number,
                                          pipe_capacity);
}

memory_network::memory_network(std::size_t pipe_capacity, std::optional<std::uint64_t> seed,
                               bool in_order)
  : world_(std::make_unique<memory_world>(pipe_capacity, seed, in_order)) {
  assert(pipe_capacity > 0);
}

memory_network::~memory_network() = default;

network& memory_network::host(const std::string& ip) {
  assert((endpoint{ip, 0}.is_address()));
  auto& place = world_->hosts[ip];
  if (!place)
    place = std::make_unique<memory_host>(*world_, ip);
  return *place;
}

bool memory_network::run_one() {
  return world_->events.run_one();
}

bool memory_network::idle() const {
  return world_->events.empty();
}

void memory_network::set_conditions(const std::string& from, const std::string& to,
                                    const line_conditions& conditions) {
  world_->way(from, to).set(conditions);
}

line_conditions memory_network::conditions(const std::string& from, const std::string& to) const {
  const auto* way = find(*world_, from, to);
  return way ? way->conditions() : line_conditions{};
}

void memory_network::cut(const std::string& one, const std::string& other) {
  for (auto* way : {&world_->way(one, other), &world_->way(other, one)}) {
    way->lose();
    for (auto& [number, x] : way->ends)
      x->cut();
  }
}

void memory_network::put_behind(const std::string& ip, nat_kind kind) {
  (void)host(ip);
  world_->hosts.at(ip)->put_behind(kind, world_->lines_rng.apart(number_of(ip, "")));
}

void memory_network::restart_nat(const std::string& ip) {
  if (auto found = world_->hosts.find(ip); found != world_->hosts.end())
    found->second->restart_nat();
}

std::size_t memory_network::dials(const std::string& ip) const {
  auto found = world_->hosts.find(ip);
  return found == world_->hosts.end() ? 0 : found->second->dials();
}

std::chrono::nanoseconds memory_network::now() const {
  return world_->events.now();
}

std::optional<std::chrono::nanoseconds> memory_network::next_due() const {
  return world_->events.next_due();
}

void memory_network::advance_to(std::chrono::nanoseconds when) {
  world_->events.advance_to(when);
}

std::uint64_t memory_network::carried() const {
  return world_->carried;
}

std::uint64_t memory_network::carried(const std::string& from, const std::string& to) const {
  const auto* way = find(*world_, from, to);
  return way ? way->carried : 0;
}

std::uint64_t memory_network::delivered(const std::string& from, const std::string& to) const {
  const auto* way = find(*world_, from, to);
  return way ? way->delivered : 0;
}

void memory_network::tap(const std::string& from, const std::string& to) {
  world_->way(from, to).tapped.emplace();
}

std::vector<bytes> memory_network::tapped(const std::string& from, const std::string& to) const {
  std::vector<bytes> out;
  if (const auto* way = find(*world_, from, to); way && way->tapped)
    for (const auto& [number, content] : *way->tapped)
      out.push_back(content);
  return out;
}

void memory_network::locate_by(
  std::function<std::optional<std::size_t>(const std::string& ip)> where) {
  assert(world_->lines.empty());
  world_->elsewhere = std::move(where);
}

std::vector<outbound> memory_network::depart() {
  std::vector<outbound> out;
  for (auto* way : std::exchange(world_->departing, {}))
    // A cut may have lost all segments.
    if (auto segments = way->take_all(); !segments.empty())
      out.push_back({*world_->elsewhere(way->to()), way->from(), way->to(), std::move(segments)});
  return out;
}

void memory_network::arrive(outbound what) {
  auto& way = world_->way(what.from, what.to);
  for (auto& x : what.segments)
    way.put(std::move(x));
}

void memory_network::rest() {
  world_->events.rest();
}

void memory_network::start_trace() {
  world_->record.start();
}

void memory_network::note(std::uint64_t what) {
  world_->record.add(what);
}

std::uint64_t memory_network::trace_hash() const {
  return world_->record.hash();
}

} // namespace devp2p::net
