// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"

#include <string>

namespace devp2p::net {

struct memory_world;

/// Any number of hosts, connected in memory: for tests and simulations.
///
/// Uses no thread, clock or chance: whoever owns it calls `run_one`, on whose thread everything
/// happens, and the same calls have the same effects. An octet that is written can be read at once.
/// Streams behave like TCP where it shows: dials are answered by the backlog of a listener, writes
/// meet a full pipe, and who closes without having read everything resets the connection.
class memory_network {
public:
  /// How many connections wait for one listener to accept them; further dials are refused.
  static constexpr std::size_t max_backlog = 128;

  /// `pipe_capacity`, at least 1, is how many octets are under way in one direction at most.
  explicit memory_network(std::size_t pipe_capacity = 64 * 1024);

  /// The hosts end here, and callbacks that have not run are dropped.
  ~memory_network();

  memory_network(const memory_network&) = delete;
  memory_network& operator=(const memory_network&) = delete;

  /// The host that has the address `ip`; there from the first call on. It listens at that address
  /// or at all of its addresses (`0.0.0.0`, `::`), knows no names, and has no loops.
  network& host(const std::string& ip);

  /// Runs the callback that has been due for longest; false if none was. One that nobody waits for
  /// any more counts as run.
  bool run_one();

  /// Whether no callback is due.
  [[nodiscard]] bool idle() const;

private:
  std::unique_ptr<memory_world> world_;
};

} // namespace devp2p::net
