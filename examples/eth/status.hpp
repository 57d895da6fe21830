// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/chain.hpp"
#include "eth/fork_id.hpp"
#include "eth/protocol.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace devp2p::eth {

/// The chain that a node serves: what it tells others of it, and what it demands of theirs.
struct served_chain {
  std::uint64_t network = 0;
  fork_schedule forks;
  chain blocks;
};

/// The status that a remote has told, in any version.
struct remote_status {
  std::uint64_t version = 0;
  std::uint64_t network = 0;
  hash genesis{};
  fork_id forks = {};
  /// Until eth/68.
  std::optional<uint256> total_difficulty = {};
  /// The blocks that it has; until eth/68 only the last one's hash is known.
  block_range_update blocks = {};
};

[[nodiscard]] remote_status read_status(const status_66& told);
[[nodiscard]] remote_status read_status(const status_69& told);

[[nodiscard]] status_66 status_66_of(const served_chain& served, std::uint64_t version);
[[nodiscard]] status_69 status_69_of(const served_chain& served, std::uint64_t version);

/// Returns the status of a visitor, who has none but the genesis of the remote's chain.
[[nodiscard]] status_66 visitors_answer(const status_66& told);
[[nodiscard]] status_69 visitors_answer(const status_69& told);

/// Returns why this remote is of no use, `nullopt` if it is of some. `served` is null for a
/// visitor, `version` the one that both agreed on.
[[nodiscard]] std::optional<std::string> refusal(const remote_status& remote,
                                                 const served_chain* served, std::uint64_t version);

/// Returns why no chain has these blocks; `nullopt` if one may.
[[nodiscard]] std::optional<std::string> refusal(const block_range_update& blocks);

} // namespace devp2p::eth
