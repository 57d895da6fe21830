// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/version.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace devp2p {

/// Limits and intervals of a node. The defaults are those of the networks in use. A running node
/// can be given other `node_limits`; the rest stays as it is.
struct settings {
  using duration = std::chrono::nanoseconds;

  /// The cap on durations: longer ones, `duration::max()` included, last for ever. It is 50 years,
  /// so that no sum overflows.
  static constexpr duration forever = std::chrono::years{50};

  // Admission. Remotes share the places by source: first by network, then inside each network by
  // address. An IPv6 address counts by its first half (`nat::to_source`).

  /// The maximum number of sessions that run. Trusted nodes are admitted beyond it. If no place is
  /// free, the source with the most sessions that others dialled loses the youngest of them that is
  /// not trusted to a source that has fewer.
  std::size_t max_peers = 50;
  /// One in `dial_ratio` of `max_peers`, at least one, is kept for sessions that we dialled; 0
  /// keeps none.
  std::size_t dial_ratio = 3;
  /// The maximum number of accepted sessions that do not run yet. If no place is free, the source
  /// with the most of them gives up the one that has waited longest to a source that has fewer.
  /// Sources with equally many take turns of a tenth of `handshake_timeout` each. Otherwise the
  /// next connection waits.
  std::size_t max_pending = 50;
  /// The maximum number of connections that wait for such a place, for `handshake_timeout` at most.
  /// Each costs a descriptor. Beyond this number, the source with the most of them loses the one
  /// that has waited longest.
  std::size_t max_waiting = 1000;
  /// The maximum number of dials whose sessions do not run yet; beyond it a dial is refused with
  /// `errc::too_many_pending`.
  std::size_t max_dialing = 50;
  /// The number of leading bits of an IPv4 address that are its network's, 0 to 32.
  unsigned source_bits_ipv4 = 24;
  /// The number of leading bits of an IPv6 address that are its network's, 0 to 128.
  unsigned source_bits_ipv6 = 48;

  // Time limits and intervals. The first three and `write_timeout` are 1 ms at least.

  /// The time from a dial to the connection.
  duration dial_timeout = std::chrono::seconds{15};
  /// The time from the connection to a running session: one absolute deadline that no read extends.
  duration handshake_timeout = std::chrono::seconds{5};
  /// The time between two Pings. Below a sixth of a second, a remote with our default
  /// `max_base_messages` takes them for a flood.
  duration ping_interval = std::chrono::seconds{15};
  /// The number of intervals without a single frame from the remote after which the session ends;
  /// at least one. A full handler that releases no byte for as many intervals has stalled.
  unsigned max_missed_pings = 3;
  /// The time that the remote may leave a write waiting without progress.
  duration write_timeout = std::chrono::seconds{20};
  /// The time that the last write, with the Disconnect in it, may take.
  duration disconnect_timeout = std::chrono::seconds{1};
  /// The time for which the session reads on after the last write, so that the remote gets to see
  /// the Disconnect.
  duration linger_timeout = std::chrono::seconds{2};
  /// The maximum number of sessions that are over and not yet closed. Beyond it, the source with
  /// the most of them has its oldest one closed at once.
  std::size_t max_lingering = 64;
  /// The time that a handler may take for one message. One that takes longer is named in the log if
  /// it holds up its loop, or if all threads of the scheduler are taken up like this. Its session
  /// ends when it gives the loop back. One that is busy with one message for as long as a stall
  /// takes to be noticed has stalled.
  duration hold_timeout = std::chrono::seconds{1};
  /// The time that a handler may take to end when its session has ended; then it is killed.
  duration handler_timeout = std::chrono::seconds{5};

  // Memory of all sessions.

  /// Bytes that all sessions of the node may hold: payloads that handlers have not released,
  /// messages that wait to be written, and buffers; 0: no limit. A payload that is written to
  /// several sessions counts for each. From three quarters on, sessions that hold more than their
  /// share stop reading. Then those that hold most end, one by one, with
  /// `errc::memory_budget_exceeded`; sessions that hold less go on.
  ///
  /// Counts to the nearest 4 KiB for each session and for each of its protocols. Memory that the C
  /// library keeps for itself is not counted.
  std::size_t max_memory = std::size_t{256} << 20;

  // Memory and rates of one session.

  /// Bytes of one protocol's messages that its handler has not released yet. When they are this
  /// many, one more message of the protocol is taken; then no more is read from the remote. Other
  /// protocols go on until then. In memory the bytes are up to a quarter more, because sizes are
  /// rounded up.
  std::size_t max_read_window = std::size_t{4} << 20;
  /// Bytes of one protocol's messages that wait to be written; beyond it, a write is refused with
  /// `errc::write_queue_full`. An empty queue takes any message.
  std::size_t max_write_queue = std::size_t{16} << 20;
  /// Bytes a second that one session may read, as they are on the wire; 0: no limit.
  std::uint64_t max_rate_in = 0;
  /// Bytes a second that one session may write, as they are on the wire; 0: no limit.
  std::uint64_t max_rate_out = 0;
  /// The number of Pings, unexpected Pongs and reserved base messages that a remote may send in 15
  /// seconds.
  unsigned max_base_messages = 100;

  // Visible to others.

  /// The client id in our Hello.
  std::string client_id = "caf-devp2p/" DEVP2P_VERSION;
  /// Whether subscribers receive every message of every sub-protocol as a `message_event`. For
  /// looking into a network, not for running one: the events pile up at a subscriber that is slower
  /// than the messages.
  bool message_events = false;
};

} // namespace devp2p
