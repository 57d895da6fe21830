// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/nat_box.hpp"

namespace devp2p::net {

namespace {

/// The first external port of symmetric NATs: the system's ports are left out.
constexpr std::uint16_t first_port = 1024;
/// The number of external ports of symmetric NATs.
constexpr std::size_t ports = 65'536 - first_port;

} // namespace

std::optional<std::uint16_t> nat_box::outbound(std::uint16_t port, const endpoint& to, time now) {
  source from{port, kind_ == nat_kind::symmetric ? to : endpoint{}};
  auto external = find(from, now);
  if (!external)
    external = make(from, now);
  if (!external)
    return std::nullopt;
  mappings_.at(*external).ends = now + lifetime_;
  std::pair key{*external, filter(to)};
  if (welcome_.size() >= max_entries && !welcome_.contains(key)) {
    sweep(now);
    if (welcome_.size() >= max_entries)
      return std::nullopt;
  }
  welcome_.insert_or_assign(std::move(key), now + lifetime_);
  return external;
}

std::optional<std::uint16_t> nat_box::inbound(std::uint16_t external, const endpoint& from,
                                              time now) const {
  auto found = mappings_.find(external);
  auto sent = welcome_.find({external, filter(from)});
  if (found == mappings_.end() || found->second.ends <= now || sent == welcome_.end() ||
      sent->second <= now)
    return std::nullopt;
  return found->second.from.first;
}

void nat_box::restart() {
  externals_.clear();
  mappings_.clear();
  welcome_.clear();
}

std::optional<std::uint16_t> nat_box::find(const source& from, time now) const {
  auto found = externals_.find(from);
  if (found == externals_.end() || mappings_.at(found->second).ends <= now)
    return std::nullopt;
  return found->second;
}

/// Makes a mapping, in the place of the one that has ended, if there is one.
std::optional<std::uint16_t> nat_box::make(const source& from, time now) {
  if (auto old = externals_.find(from); old != externals_.end()) {
    mappings_.erase(old->second);
    externals_.erase(old);
  }
  if (externals_.size() >= max_entries)
    sweep(now);
  auto port = externals_.size() < max_entries ? choose(from.first, now) : std::nullopt;
  if (!port)
    return std::nullopt;
  if (auto old = mappings_.find(*port); old != mappings_.end())
    externals_.erase(old->second.from);
  externals_.emplace(from, *port);
  mappings_.insert_or_assign(*port, mapping{from, now});
  return port;
}

/// Returns a port that is free, or whose mapping has ended: the first one that will do, from any
/// on.
std::optional<std::uint16_t> nat_box::choose(std::uint16_t port, time now) {
  auto any = [&](std::uint16_t first, std::size_t count) -> std::optional<std::uint16_t> {
    const auto begin = rng_.below(count);
    for (std::size_t i = 0; i < count; ++i) {
      auto candidate = static_cast<std::uint16_t>(first + (begin + i) % count);
      auto taken = mappings_.find(candidate);
      if (taken == mappings_.end() || taken->second.ends <= now)
        return candidate;
    }
    return std::nullopt;
  };
  if (kind_ == nat_kind::portrange)
    return any(first_of_range, range);
  if (kind_ == nat_kind::symmetric)
    return any(first_port, ports);
  return port;
}

endpoint nat_box::filter(const endpoint& remote) const {
  if (kind_ == nat_kind::fullcone)
    return {};
  return kind_ == nat_kind::addrcone ? endpoint{remote.host, 0} : remote;
}

void nat_box::sweep(time now) {
  std::erase_if(welcome_, [&](const auto& x) { return x.second <= now; });
  std::erase_if(externals_, [&](const auto& x) { return mappings_.at(x.second).ends <= now; });
  std::erase_if(mappings_, [&](const auto& x) { return x.second.ends <= now; });
}

} // namespace devp2p::net
