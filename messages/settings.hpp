// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace devp2p {

/// Limits and intervals of a node. The defaults are those of the networks in use.
struct settings {
  using duration = std::chrono::nanoseconds;

  /// What is longer lasts for ever, `duration::max()` too: 50 years, so that no sum overflows.
  static constexpr duration forever = std::chrono::years{50};

  // Whom the node admits. Remotes share its places by source: first the networks, then inside each
  // its addresses, of IPv6 the first halves (`nat::to_source`).

  /// Sessions that run at once. Trusted nodes are admitted beyond it. When there are as many, the
  /// source that has most of those that others dialled gives up the youngest one that is not
  /// trusted for a source that has fewer.
  std::size_t max_peers = 50;
  /// Of `max_peers`, one in `dial_ratio` is kept for sessions that we dialled, at least one; 0
  /// keeps none.
  std::size_t dial_ratio = 3;
  /// Accepted sessions that do not run yet. When there are as many, the source that has most of
  /// them gives up the one that has waited longest for a source that has fewer; equals take turns,
  /// of a tenth of `handshake_timeout` each. Otherwise the next connection waits.
  std::size_t max_pending = 50;
  /// Connections that wait for such a place, `handshake_timeout` at most. Each costs a descriptor;
  /// beyond this number, the source that has most of them loses the one that has waited longest.
  std::size_t max_waiting = 1000;
  /// Dials that do not run yet; beyond it a dial is refused with `errc::too_many_pending`.
  std::size_t max_dialing = 50;
  /// Leading bits of an address that are its network's. 0 to 32, and 0 to 128.
  unsigned source_bits_ipv4 = 24;
  unsigned source_bits_ipv6 = 48;

  // How long things may take.

  /// From a dial to the connection.
  duration dial_timeout = std::chrono::seconds{15};
  /// From the connection to a running session: one absolute deadline that no read extends.
  duration handshake_timeout = std::chrono::seconds{5};
  /// Between two Pings. Below a sixth of a second, a remote with our default `max_base_messages`
  /// takes them for a flood.
  duration ping_interval = std::chrono::seconds{15};
  /// So many intervals without a single frame from the remote end the session; at least one.
  unsigned max_missed_pings = 3;
  /// How long the remote may leave a write waiting.
  duration write_timeout = std::chrono::seconds{20};
  /// How long the last write, with the Disconnect in it, may take.
  duration disconnect_timeout = std::chrono::seconds{1};
  /// How long we read on after it, so that the remote gets to see the Disconnect.
  duration linger_timeout = std::chrono::seconds{2};
  /// Sessions that are over and not yet closed; beyond it the oldest is closed at once.
  std::size_t max_lingering = 64;
  /// How long a handler may take to end when its session has; then it is killed.
  duration handler_timeout = std::chrono::seconds{5};

  // How much may be held for one session.

  /// Octets of one protocol's messages that its handler has not let go of; at the next of them,
  /// nothing more is read from the remote. Others go on until then: one message more is taken. In
  /// memory they are up to a quarter more, because sizes are rounded up.
  std::size_t max_read_window = std::size_t{4} << 20;
  /// Octets of one protocol's messages that wait to be written; beyond it, its handler fails. One
  /// message always may.
  std::size_t max_write_queue = std::size_t{16} << 20;
  /// Octets a second that one session may read, and write, as they are on the wire; 0: no limit.
  std::uint64_t max_rate_in = 0;
  std::uint64_t max_rate_out = 0;
  /// Reserved messages of the base protocol, or Pings, that a remote may send in 15 seconds.
  unsigned max_base_messages = 100;

  // What others see.

  /// Goes into Hello.
  std::string client_id = "caf-devp2p/0.1.0";
  /// Whether every message of every sub-protocol is told to the subscribers. For looking into a
  /// network, not for running one: a subscriber that is slower than the messages collects them.
  bool message_events = false;
};

} // namespace devp2p
