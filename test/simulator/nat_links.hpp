// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/actors/punching/rendezvous.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/net/sim/memory_network.hpp"
#include "devp2p/simulator/topology.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace devp2p::simulator {

/// Decides which end of a link dials where some nodes are behind NATs, and which nodes meet at a
/// rendezvous because neither can dial the other. A value; it knows only the topology and the NATs.
class nat_links {
public:
  /// The part of one end of a link in bringing the link up.
  enum class part : std::uint8_t {
    waits,
    dials,
    /// Both ends are behind NATs: the rendezvous introduces them, and both dial at once.
    meets,
  };

  /// The address of the rendezvous, which no node has.
  static const std::string middle;

  nat_links(const topology& links, const std::map<std::uint32_t, net::nat_kind>& nats);

  /// Returns the part of `one` in its link with `other`. The end behind a NAT dials; if neither is,
  /// the end with the lower number dials.
  [[nodiscard]] part of(std::size_t one, std::size_t other) const;

  /// The nodes that meet others at the rendezvous, in ascending order.
  [[nodiscard]] const std::vector<std::uint32_t>& meeting() const { return meeting_; }
  [[nodiscard]] bool meets(std::size_t node) const;

  /// The time that the ends of the link at index `place` of the topology wait before they meet. A
  /// rendezvous refuses connections for which its backlog has no room.
  [[nodiscard]] static caf::timespan delay_of(std::size_t place) {
    constexpr auto at_once = net::memory_network::max_backlog / 4;
    return std::chrono::microseconds{place / at_once};
  }

  /// The configuration of a rendezvous that has room for all nodes that can come. `random` outlives
  /// it.
  [[nodiscard]] rendezvous_config for_rendezvous(random_source& random) const;
  /// The configuration of the puncher of a node with this key. `random` outlives it.
  [[nodiscard]] static puncher_config for_puncher(const crypto::private_key& key,
                                                  random_source& random);
  [[nodiscard]] static nat::rendezvous_site site() { return {{middle, 3478}, {{middle, 3479}}}; }

private:
  [[nodiscard]] bool is_behind(std::size_t node) const {
    return behind_.size() > node && behind_[node];
  }

  /// Whether each node is behind a NAT; empty if there are no NATs.
  std::vector<bool> behind_;
  std::vector<std::uint32_t> meeting_;
  std::size_t meetings_ = 0;
};

} // namespace devp2p::simulator
