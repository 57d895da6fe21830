// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/current_child.hpp"
#include "devp2p/actors/peering/dial_limits.hpp"
#include "devp2p/actors/peering/own_link.hpp"
#include "devp2p/actors/peering/peering_interfaces.hpp"
#include "devp2p/actors/peering/scores.hpp"
#include "devp2p/actors/supervision_tree.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/random_source.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/logger.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace devp2p {

struct peering_config {
  /// The node whose peers are kept.
  node_actor node;
  /// The identity of that node.
  node_id self;
  dial_limits limits = {};
  score_rules rules = {};
  own_link_rules link = {};
  /// Nodes with which sessions are kept up for ever, beside those that the file names.
  std::vector<enode> static_nodes = {};
  /// Nodes that are admitted and dialled beyond all limits; the node must trust them, too.
  std::vector<node_id> trusted = {};
  /// The file for bans, scores, static and known nodes (`peer_store`). Empty: they end with the
  /// process.
  std::filesystem::path file = {};
  /// Whether the file is written on a thread of its own. False is for tests in virtual time.
  bool has_own_thread = true;
  /// The time of day, for what the file keeps. Empty means the system's clock.
  std::function<std::chrono::system_clock::time_point()> wall_clock = {};
  /// The generator that spreads dials over time. Null means the system's; any other, for tests,
  /// must outlive the actors.
  random_source* random = nullptr;
  /// Receives lines for the operator; may be null.
  std::shared_ptr<spdlog::logger> log = {};
};

/// The actors that keep the peers of one node: a supervision tree, in which one that fails is
/// restarted with what is stored, together with those after it. No session ends for it.
struct peering {
  /// Ends all of them when it is sent an exit message.
  supervision_tree_actor top;
  /// The handles may change: ask for them before each message.
  current_child<reputation_actor> reputation;
  current_child<dialer_actor> dialer;
};

/// Spawns the store's keeper, the reputation and the dialer of a node, in this order. All end with
/// the node.
[[nodiscard]] peering spawn_peering(caf::actor_system& system, peering_config config);

} // namespace devp2p
