// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"
#include "devp2p/nat/gateway.hpp"
#include "devp2p/nat/lease.hpp"
#include "devp2p/net/random_source.hpp"

#include <caf/actor_system.hpp>
#include <caf/timespan.hpp>
#include <spdlog/logger.h>

#include <memory>
#include <vector>

namespace devp2p {

struct mapper_config {
  /// Those who may have a way in, as `nat::gateways` makes them. All are looked for at once; the
  /// first that is found and does what it is asked is kept, until it stops. They are this mapper's
  /// as long as it lives; none is null. What one throws is its failure, `errc::callback_failed`,
  /// and the others go on.
  std::vector<std::shared_ptr<nat::gateway>> gateways;
  /// What gateways are asked for; some grant less, or more.
  caf::timespan lifetime = nat::lease::wanted;
  /// Spreads renewals over time, so that hosts do not all come at once: the system's generator
  /// unless a test wants another, which must outlive the mapper.
  net::random_source* random = nullptr;
  /// One line for what an operator should know; may be null.
  std::shared_ptr<spdlog::logger> log = {};
};

/// Throws `std::invalid_argument`, and says which one it is, if a gateway is null.
void check_gateways(const std::vector<std::shared_ptr<nat::gateway>>& gateways);

/// Spawns a mapper; what it understands is said at `mapper_actor`, what it tells at
/// `mapping_subscriber_actor`.
///
/// A mapping is renewed at half of its lifetime, at once when the router says that it has restarted
/// or has another address, and for as long as it takes if that fails (`nat::lease`). The external
/// port that was granted is asked for again.
///
/// The mapper lives, even if nobody refers to it, until it is sent an exit message; it then takes
/// back its mappings, for two seconds at most, and ends. Gateways that block have threads of their
/// own. Throws `std::invalid_argument` if a gateway is null.
[[nodiscard]] mapper_actor spawn_mapper(caf::actor_system& system, mapper_config config);

} // namespace devp2p
