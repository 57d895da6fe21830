// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/connection_end.hpp"
#include "devp2p/net/sim/line.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::net {

class memory_host;

/// State that the hosts of one `memory_network` share. Its tables are ordered: the same calls find
/// the same things.
struct memory_world {
  memory_world(std::size_t pipe_capacity, std::optional<std::uint64_t> seed, bool in_order);
  ~memory_world();
  memory_world(const memory_world&) = delete;
  memory_world& operator=(const memory_world&) = delete;

  /// Returns the line from one address to another; there from the first call on.
  line& way(const std::string& from, const std::string& to);
  line& back(const line& there) { return way(there.to(), there.from()); }

  /// Takes a segment that has come to the end of that line.
  void arrive(line& by, segment& what);
  /// Makes the end with that number of a connection, at `local`.
  std::shared_ptr<connection_end> join(const std::string& local, const std::string& remote,
                                       std::uint64_t number);

  std::size_t pipe_capacity;
  /// The generator of which each line has a part of its own.
  const seeded_rng lines_rng;
  seeded_rng rng;
  trace record;
  /// The number of bytes that writers gave, on all lines.
  std::uint64_t carried = 0;
  /// Declared before `events`, whose callbacks keep ends of connections: those know their lines.
  std::map<std::pair<std::string, std::string>, line> lines;
  event_queue events;
  std::map<std::string, std::unique_ptr<memory_host>> hosts;
  /// Returns the other process in which a host is, if it is in another; empty in a single process.
  std::function<std::optional<std::size_t>(const std::string& ip)> elsewhere;
  /// The lines that lead to other processes and have segments to be taken.
  std::vector<line*> departing;

private:
  void arrive_at_end(line& by, segment& what);
  /// Takes a dial that has come along `by`.
  void on_syn(line& by, const segment& what);
};

} // namespace devp2p::net
