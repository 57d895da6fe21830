// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/dial_limits.hpp"
#include "devp2p/actors/peering/peering_interfaces.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/random_source.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/logger.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace devp2p {

/// The part of a dialer's state that outlives it, for the next dialer of the same node. Only one
/// dialer has it at a time.
struct dialer_orders {
  /// The number of peers, if it was changed.
  std::optional<dial_targets> targets = {};
  /// Nodes with which a session is kept up for ever.
  std::vector<enode> static_nodes = {};
  /// Nodes that are admitted and dialled beyond all limits; the node trusts them, too.
  std::set<node_id> trusted = {};
  struct source {
    candidate_source_actor actor;
    std::string name;
  };
  /// The sources that have not ended.
  std::vector<source> sources = {};
};

struct dialer_config {
  /// The node that it dials with.
  node_actor node;
  /// The identity of that node, which is never dialled.
  node_id self;
  dial_limits limits = {};
  /// Where to begin, and where it keeps what it is told; null to begin with nothing.
  std::shared_ptr<dialer_orders> orders = {};
  /// Nodes that were known before, for a start: they are a source of candidates of their own.
  std::vector<enode> known = {};
  /// Judges the nodes; may be null. Then a node is only not dialled again for
  /// `dial_limits::redial_after`.
  reputation_actor reputation = {};
  /// The keeper of static nodes, and of those that were dialled with success; may be null.
  peer_keeper_actor keeper = {};
  /// The time of day, for what is kept beyond the process. Empty means the system's clock. Called
  /// from the actor's turns.
  std::function<std::chrono::system_clock::time_point()> wall_clock = {};
  /// The generator that spreads dials over time. Null means the system's; any other, for tests,
  /// must outlive the dialer.
  random_source* random = nullptr;
  /// Receives one line for each event that an operator should know; may be null.
  std::shared_ptr<spdlog::logger> log = {};
};

/// Spawns a dialer: a driver of `dial_plan`. Its requests are those of `dialer_actor`.
///
/// It asks its sources for candidates while it has none to dial, one question to each at a time,
/// and dials with the node. It hears the node's events, and counts peers that others have brought.
///
/// The dialer lives, even if no handle refers to it, until it is sent an exit message, or its node
/// ends. The sessions that it has begun go on.
[[nodiscard]] dialer_actor spawn_dialer(caf::actor_system& system, dialer_config config);

} // namespace devp2p
