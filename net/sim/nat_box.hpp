// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/net/sim/nat_kind.hpp"
#include "devp2p/net/sim/seeded_rng.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace devp2p::net {

/// A NAT in front of one host, for one protocol. A value: it is told what passes, and when, and
/// says at which port it comes out. The address outside is the host's own, so it deals in ports.
///
/// Forgets an entry through which nothing was sent for `lifetime`; incoming messages do not count.
/// Never gives two mappings the same port. If its tables are full, or no port is free, a message
/// that needs another place is lost.
class nat_box {
public:
  /// The time since some fixed point.
  using time = std::chrono::nanoseconds;

  /// The maximum number of mappings, and of remotes that are let in.
  static constexpr std::size_t max_entries = 16384;
  /// The first external port of `nat_kind::portrange`.
  static constexpr std::uint16_t first_of_range = 40'000;
  /// The number of external ports of `nat_kind::portrange`.
  static constexpr std::size_t range = 100;

  /// `rng` chooses ports, where the kind leaves it open; without a seed they are taken in order.
  nat_box(nat_kind kind, seeded_rng rng, time lifetime)
    : kind_(kind),
      rng_(rng),
      lifetime_(lifetime) {}

  /// Returns the port that the world sees as the source's; `nullopt` if the message does not get
  /// out.
  std::optional<std::uint16_t> outbound(std::uint16_t port, const endpoint& to, time now);

  /// Returns the port of the host inside; `nullopt` if the message is not let in.
  [[nodiscard]] std::optional<std::uint16_t> inbound(std::uint16_t external, const endpoint& from,
                                                     time now) const;

  /// Forgets everything.
  void restart();

  [[nodiscard]] std::size_t mappings() const { return mappings_.size(); }

private:
  /// A port inside and, where that matters, the remote.
  using source = std::pair<std::uint16_t, endpoint>;
  struct mapping {
    source from;
    time ends;
  };

  [[nodiscard]] std::optional<std::uint16_t> find(const source& from, time now) const;
  std::optional<std::uint16_t> make(const source& from, time now);
  [[nodiscard]] std::optional<std::uint16_t> choose(std::uint16_t port, time now);
  [[nodiscard]] endpoint filter(const endpoint& remote) const;
  void sweep(time now);

  nat_kind kind_;
  seeded_rng rng_;
  time lifetime_;
  std::map<source, std::uint16_t> externals_;
  /// The mappings by external port.
  std::map<std::uint16_t, mapping> mappings_;
  /// The remotes that are let in at an external port, and until when.
  std::map<std::pair<std::uint16_t, endpoint>, time> welcome_;
};

} // namespace devp2p::net
