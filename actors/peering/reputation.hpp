// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/own_link.hpp"
#include "devp2p/actors/peering/peering_interfaces.hpp"
#include "devp2p/actors/peering/scores.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/random_source.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/logger.h>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace devp2p {

struct reputation_config {
  /// The node whose sessions are judged, and which keeps the banned out.
  node_actor node;
  score_rules rules = {};
  own_link_rules link = {};
  /// The leading bits of an address that are its network's, as in `settings`.
  unsigned source_bits_ipv4 = 24;
  unsigned source_bits_ipv6 = 48;
  /// The scores that were known before.
  std::vector<scores::record> known = {};
  /// The bans that were in force before.
  std::vector<ban> bans = {};
  /// Nodes that are static or trusted: delayed, never banned.
  std::vector<node_id> kept = {};
  /// The keeper of scores and bans; may be null.
  peer_keeper_actor keeper = {};
  /// The time of day, for what is kept beyond the process. Empty means the system's clock. Called
  /// from the actor's turns.
  std::function<std::chrono::system_clock::time_point()> wall_clock = {};
  /// The generator that spreads the times of next dials. Null means the system's; any other, for
  /// tests, must outlive the reputation.
  random_source* random = nullptr;
  /// Receives one line for each ban, and for each change of the own link; may be null.
  std::shared_ptr<spdlog::logger> log = {};
};

/// Spawns a reputation: a driver of `scores` and `own_link`. Its requests are those of
/// `reputation_actor`.
///
/// The reason for which a session has ended, or a dial has failed, moves the score of the node
/// (`ending`), and so do the words of users' protocols. A failure that a broken link of our own
/// would explain counts only once somebody else was heard after it; if the own link is found to be
/// down, it never counts.
///
/// The reputation lives, even if no handle refers to it, until it is sent an exit message, or its
/// node ends.
[[nodiscard]] reputation_actor spawn_reputation(caf::actor_system& system,
                                                reputation_config config);

} // namespace devp2p
