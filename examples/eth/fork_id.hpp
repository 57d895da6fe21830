// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace devp2p::eth {

/// The height of a chain, which decides what forks it has passed.
struct chain_height {
  std::uint64_t number = 0;
  /// The time of that block, in seconds since 1970.
  std::uint64_t time = 0;
};

/// Whether two nodes that tell each other their fork ids can agree on a chain.
enum class compatibility : std::uint8_t {
  compatible,
  /// The remote does not know a fork that it should have passed.
  remote_is_stale,
  /// The remote has passed a fork that is unknown here, or follows another chain.
  incompatible,
};

[[nodiscard]] std::string_view to_string(compatibility what);

/// The forks of one chain that its configuration knows (EIP-2124 and, for forks by time, EIP-6122).
class fork_schedule {
public:
  /// Forks at the genesis do not count: blocks 0, and times up to `genesis_time`.
  fork_schedule(const hash& genesis, std::vector<std::uint64_t> blocks,
                std::vector<std::uint64_t> times, std::uint64_t genesis_time);

  /// Returns what a node at that height tells others.
  [[nodiscard]] fork_id id_at(const chain_height& head) const;

  /// Checks the id of a remote, for a node at that height.
  [[nodiscard]] compatibility check(const fork_id& remote, const chain_height& head) const;

private:
  [[nodiscard]] std::uint64_t measure(std::size_t fork, const chain_height& head) const;
  [[nodiscard]] std::size_t passed(const chain_height& head) const;

  /// The forks in their order: those by number come first.
  std::vector<std::uint64_t> forks_;
  std::size_t by_number_;
  /// The checksums of none, one, ... all of the forks passed.
  std::vector<byte_array<4>> sums_;
};

} // namespace devp2p::eth
