// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/puncher.hpp"
#include "devp2p/actors/rendezvous.hpp"
#include "devp2p/kit/topology.hpp"
#include "devp2p/net/random_source.hpp"
#include "devp2p/net/sim/memory_network.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace devp2p::kit {

/// Who dials whom, where some nodes are behind NATs, and where those meet that cannot dial each
/// other. A value; knows nothing but the topology and the NATs.
class nat_links {
public:
  /// What an end of a link does to bring it up.
  enum class part : std::uint8_t {
    waits,
    dials,
    /// Both ends are behind NATs: both are introduced by the rendezvous, and dial at once.
    meets,
  };

  /// The rendezvous has an address that no node has.
  static const std::string middle;

  nat_links(const topology& links, const std::map<std::uint32_t, net::nat_kind>& nats);

  /// Of the first, in its link with the other: the one behind a NAT dials, or else the first of the
  /// two.
  [[nodiscard]] part of(std::size_t one, std::size_t other) const;

  /// Those who meet others, in ascending order.
  [[nodiscard]] const std::vector<std::uint32_t>& meeting() const { return meeting_; }
  [[nodiscard]] bool meets(std::size_t node) const;

  /// How long the ends of the link at that place of the topology wait before they meet: a
  /// rendezvous refuses whom its backlog has no room for.
  [[nodiscard]] static caf::timespan delay_of(std::size_t place) {
    constexpr auto at_once = net::memory_network::max_backlog / 4;
    return std::chrono::microseconds{place / at_once};
  }

  /// Has room for all that can come. `random` outlives it.
  [[nodiscard]] rendezvous_config for_rendezvous(net::random_source& random) const;
  /// Of a node with that key; `random` outlives it.
  [[nodiscard]] static puncher_config for_puncher(const crypto::private_key& key,
                                                  net::random_source& random);
  [[nodiscard]] static nat::rendezvous_site site() { return {{middle, 3478}, {{middle, 3479}}}; }

private:
  [[nodiscard]] bool is_behind(std::size_t node) const {
    return behind_.size() > node && behind_[node];
  }

  /// Empty if there is no NAT at all.
  std::vector<bool> behind_;
  std::vector<std::uint32_t> meeting_;
  std::size_t meetings_ = 0;
};

} // namespace devp2p::kit
