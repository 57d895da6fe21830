// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/memory_network.hpp"

#include "devp2p/net/sim/memory_host.hpp"

#include <cassert>

namespace devp2p::net {

memory_world::memory_world(std::size_t pipe_capacity, std::optional<std::uint64_t> seed,
                           bool in_order)
  : pipe_capacity(pipe_capacity),
    luck(seed),
    events(luck, record, in_order) {}

memory_world::~memory_world() {
  hosts.clear();
  // A pipe may be under way on a line that is not its own.
  for (auto& [way, x] : lines)
    x.close();
}

line& memory_world::way(const std::string& from, const std::string& to) {
  std::pair key{from, to};
  auto found = lines.find(key);
  if (found == lines.end())
    found = lines.try_emplace(std::move(key), lines.size(), events, luck, record).first;
  return found->second;
}

namespace {

/// Under way.
class datagram_parcel final : public addressee {
public:
  datagram_parcel(memory_world& world, endpoint to, datagram content)
    : world_(world),
      to_(std::move(to)),
      content_(std::move(content)) {}

private:
  [[nodiscard]] std::size_t datagram_size() const override { return content_.octets.size(); }

  void arrive(news, std::size_t) override {
    world_.record.add(content_.octets);
    if (auto host = world_.hosts.find(to_.host); host != world_.hosts.end())
      host->second->take(to_.port, std::move(content_));
  }

  memory_world& world_;
  endpoint to_;
  datagram content_;
};

const line* find(const memory_world& world, const std::string& from, const std::string& to) {
  auto found = world.lines.find({from, to});
  return found == world.lines.end() ? nullptr : &found->second;
}

} // namespace

std::shared_ptr<addressee> memory_world::datagram_to(const endpoint& to, datagram what) {
  return std::make_shared<datagram_parcel>(*this, to, std::move(what));
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
    for (auto& [number, x] : way->pipes)
      x->cut();
  }
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
    for (const auto& [number, octets] : *way->tapped)
      out.push_back(octets);
  return out;
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
