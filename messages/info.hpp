// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/enode.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/hello.hpp"
#include "devp2p/messages/inspect.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace devp2p {

/// A protocol's description of itself, for people and for the log.
using metadata = std::map<std::string, std::string>;

/// Round-trip times of Ping and Pong; all zero until the first Pong.
struct round_trip {
  std::chrono::nanoseconds last{0};
  std::chrono::nanoseconds min{0};
  /// Moves by an eighth of the difference at each Pong (as TCP's SRTT, RFC 6298, section 2).
  std::chrono::nanoseconds smoothed{0};

  friend bool operator==(const round_trip&, const round_trip&) = default;

  friend auto inspect(auto& f, round_trip& x) {
    return inspect_fields(f, {"last", "min", "smoothed"}, x.last, x.min, x.smoothed);
  }
};

/// Counters of one protocol of one session. Bytes are those of payloads, uncompressed.
struct traffic {
  std::uint64_t messages_in = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t messages_out = 0;
  std::uint64_t bytes_out = 0;
  /// Received messages that were not handled: the handler had ended, or ended before it came to
  /// them.
  std::uint64_t messages_discarded = 0;

  friend bool operator==(const traffic&, const traffic&) = default;

  friend auto inspect(auto& f, traffic& x) {
    return inspect_fields(
      f, {"messages_in", "bytes_in", "messages_out", "bytes_out", "messages_discarded"},
      x.messages_in, x.bytes_in, x.messages_out, x.bytes_out, x.messages_discarded);
  }
};

/// One sub-protocol of a running session.
struct shared_protocol {
  capability name;
  traffic counts;
  /// The number of its handlers that have failed and were replaced.
  std::uint32_t restarts = 0;
  /// Whether its handler has ended and the session goes on without one.
  bool detached = false;
  /// The result of the protocol's own `peer_info`.
  metadata info;
  /// The number of its handlers that have stalled.
  std::uint32_t stalls = 0;
  /// The number of bytes in its read window: payloads that were received and are still held, with
  /// 320 bytes more for each. Zero once the session is over.
  std::uint64_t read_window = 0;
  /// The number of bytes in its write queue: payloads that wait to be written, with 64 bytes more
  /// for each. Zero once the session is over.
  std::uint64_t write_queue = 0;

  friend bool operator==(const shared_protocol&, const shared_protocol&) = default;

  friend auto inspect(auto& f, shared_protocol& x) {
    return inspect_fields(
      f, {"name", "counts", "restarts", "detached", "info", "stalls", "read_window", "write_queue"},
      x.name, x.counts, x.restarts, x.detached, x.info, x.stalls, x.read_window, x.write_queue);
  }
};

/// One running session.
struct peer_info {
  node_id id;
  endpoint local;
  endpoint remote;
  /// Whether the remote dialled us.
  bool inbound = false;
  bool trusted = false;
  /// The remote's Hello.
  hello greeting;
  round_trip ping;
  /// The number of base messages with a reserved code, which were ignored.
  std::uint64_t ignored_messages = 0;
  /// The number of bytes that the session holds of the node's memory: payloads that were read and
  /// not released, messages to be written, and buffers. Exact to 64 KiB for each protocol and for
  /// the rest.
  std::uint64_t memory = 0;
  std::vector<shared_protocol> protocols;
  /// The time that it took from the connection to a session that runs.
  std::chrono::nanoseconds handshake{0};

  friend bool operator==(const peer_info&, const peer_info&) = default;

  friend auto inspect(auto& f, peer_info& x) {
    return inspect_fields(f,
                          {"id", "local", "remote", "inbound", "trusted", "greeting", "ping",
                           "ignored_messages", "memory", "protocols", "handshake"},
                          x.id, x.local, x.remote, x.inbound, x.trusted, x.greeting, x.ping,
                          x.ignored_messages, x.memory, x.protocols, x.handshake);
  }
};

/// The connections of a node that have brought no session, counted since it was spawned.
/// Its events tell of those that have.
struct connection_counts {
  /// The number of connections that were accepted.
  std::uint64_t accepted = 0;
  /// The number of those that were closed before they had a place among the pending sessions.
  std::uint64_t turned_away = 0;
  /// The numbers of dials that have brought no connection, by error.
  std::map<errc, std::uint64_t> failed_dials;

  friend bool operator==(const connection_counts&, const connection_counts&) = default;

  friend auto inspect(auto& f, connection_counts& x) {
    return inspect_fields(f, {"accepted", "turned_away", "failed_dials"}, x.accepted, x.turned_away,
                          x.failed_dials);
  }
};

/// A node's description of itself.
struct node_info {
  node_id id;
  std::string client_id;
  /// The URLs at which the node listens, one for each endpoint.
  std::vector<enode> listening;
  /// The URLs at which the node is reached from outside, as its gateway says: one for each mapped
  /// port.
  std::vector<enode> external;
  std::vector<capability> capabilities;
  /// The number of sessions that run.
  std::uint64_t peers = 0;
  /// The number of sessions that do not run yet.
  std::uint64_t pending = 0;
  /// The number of connections that were closed, and of sessions and dials that were refused or
  /// ended, because of a ban.
  std::uint64_t banned = 0;
  /// The number of bytes that all sessions hold, those of other nodes with the same budget
  /// included: the sum of `peer_info::memory`, and payloads that handlers keep of sessions that are
  /// over.
  std::uint64_t memory = 0;
  /// The limit of `memory`; 0: none.
  std::uint64_t max_memory = 0;
  /// The results of the protocols' own `node_info`, by the protocol's name.
  std::map<std::string, metadata> protocols;
  connection_counts connections;

  friend bool operator==(const node_info&, const node_info&) = default;

  friend auto inspect(auto& f, node_info& x) {
    return inspect_fields(f,
                          {"id", "client_id", "listening", "external", "capabilities", "peers",
                           "pending", "banned", "memory", "max_memory", "protocols", "connections"},
                          x.id, x.client_id, x.listening, x.external, x.capabilities, x.peers,
                          x.pending, x.banned, x.memory, x.max_memory, x.protocols, x.connections);
  }
};

} // namespace devp2p
