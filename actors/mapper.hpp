// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/nat/gateway.hpp"
#include "devp2p/nat/lease.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/logger.h>

#include <chrono>
#include <memory>
#include <vector>

namespace devp2p {

struct mapper_config {
  /// The gateways that may map ports, as `nat::gateways` makes them; none may be null. The mapper
  /// looks for all of them at once, and keeps the first that is found and maps ports, until it
  /// fails to. The gateways belong to this mapper alone as long as it lives. An exception of one is
  /// its failure, `errc::callback_failed`; the others go on.
  std::vector<std::shared_ptr<nat::gateway>> gateways;
  /// The lifetime that is asked for; a gateway may grant less, or more.
  std::chrono::nanoseconds lifetime = nat::lease::wanted;
  /// The generator that spreads the renewals of many hosts over time. Null means the system's; any
  /// other, for tests, must outlive the mapper.
  random_source* random = nullptr;
  /// Receives one line for each event that an operator should know; may be null.
  std::shared_ptr<spdlog::logger> log = {};
};

/// Throws `std::invalid_argument`, which names the index, if a gateway is null.
void check_gateways(const std::vector<std::shared_ptr<nat::gateway>>& gateways);

/// Spawns a mapper. Its requests are those of `mapper_actor`, its events those of
/// `mapping_subscriber_actor`.
///
/// A mapping is renewed at half of its lifetime, and at once when the router announces a restart or
/// another address. A renewal that fails is repeated until it succeeds (`nat::lease`). It asks for
/// the external port that was granted before.
///
/// The mapper lives, even if no handle refers to it, until it is sent an exit message. It then
/// removes its mappings, for two seconds at most, and ends. Gateways that block have threads of
/// their own. Throws `std::invalid_argument` if a gateway is null.
[[nodiscard]] mapper_actor spawn_mapper(caf::actor_system& system, mapper_config config);

} // namespace devp2p
