// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/datagram_queue.hpp"
#include "devp2p/net/sim/line.hpp"

#include <string>

namespace devp2p::net {

class memory_host;

/// What the hosts of one `memory_network` share. Its tables are ordered: the same calls find the
/// same things.
struct memory_world {
  memory_world(std::size_t pipe_capacity, std::optional<std::uint64_t> seed, bool in_order);
  ~memory_world();
  memory_world(const memory_world&) = delete;
  memory_world& operator=(const memory_world&) = delete;

  /// The way from one address to another; there from the first call on.
  line& way(const std::string& from, const std::string& to);

  /// What tells the host of `to`, if there is one, that `what` has come.
  std::shared_ptr<addressee> datagram_to(const endpoint& to, datagram what);

  std::size_t pipe_capacity;
  chance luck;
  trace record;
  /// What is due or under way keeps pipes, and those know their line.
  std::map<std::pair<std::string, std::string>, line> lines;
  event_queue events;
  std::map<std::string, std::unique_ptr<memory_host>> hosts;
  std::uint64_t next_pipe = 0;
};

} // namespace devp2p::net
