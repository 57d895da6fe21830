// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>

namespace devp2p::nat {

/// What RFC 4787 tells apart (sections 4.1 and 5), as far as it decides whether a hole can be
/// punched.
enum class nat_kind {
  /// The same external port for all; lets everybody in.
  fullcone,
  /// Lets in whose address was sent to.
  addrcone,
  /// Lets in whose address and port were sent to.
  cone,
  /// The same, with external ports of a range of its own.
  portrange,
  /// The same, with another external port for each remote.
  symmetric,
};

inline const char* to_string(nat_kind x) {
  static constexpr const char* names[] = {"fullcone", "addrcone", "cone", "portrange", "symmetric"};
  return names[static_cast<int>(x)];
}

/// A router with one external address, and one host behind it. Forgets what nothing was sent
/// through for half a minute.
class nat_box {
public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds lifetime{30};

  nat_box(nat_kind kind, std::string external, std::uint64_t seed)
    : kind_(kind),
      external_(std::move(external)),
      luck_(seed) {}

  /// What the world sees as the source.
  endpoint outbound(std::uint16_t port, const endpoint& to, time_point now) {
    std::pair key{port, kind_ == nat_kind::symmetric ? to : endpoint{}};
    auto found = ports_.find(key);
    if (found == ports_.end() || found->second.ends <= now)
      found = ports_.insert_or_assign(key, mapped{choose(port), now}).first;
    found->second.ends = now + lifetime;
    sent_[{found->second.external, filter(to)}] = now + lifetime;
    return {external_, found->second.external};
  }

  /// The port of the host inside; nothing if it is not let in.
  std::optional<std::uint16_t> inbound(std::uint16_t external, const endpoint& from,
                                       time_point now) {
    auto sent = sent_.find({external, filter(from)});
    if (sent == sent_.end() || sent->second <= now)
      return std::nullopt;
    for (const auto& [key, x] : ports_)
      if (x.external == external && x.ends > now)
        return key.first;
    return std::nullopt;
  }

  /// Loses all that it knows.
  void restart() {
    ports_.clear();
    sent_.clear();
  }

private:
  struct mapped {
    std::uint16_t external;
    time_point ends;
  };

  std::uint16_t choose(std::uint16_t port) {
    switch (kind_) {
    case nat_kind::portrange:
      return static_cast<std::uint16_t>(40'000 + luck_() % 100);
    case nat_kind::symmetric:
      return static_cast<std::uint16_t>(1024 + luck_() % 64'000);
    default:
      return port;
    }
  }

  endpoint filter(const endpoint& remote) const {
    if (kind_ == nat_kind::fullcone)
      return {};
    return kind_ == nat_kind::addrcone ? endpoint{remote.host, 0} : remote;
  }

  nat_kind kind_;
  std::string external_;
  std::mt19937_64 luck_;
  std::map<std::pair<std::uint16_t, endpoint>, mapped> ports_;
  std::map<std::pair<std::uint16_t, endpoint>, time_point> sent_;
};

} // namespace devp2p::nat
