// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/info.hpp"
#include "devp2p/messages/inspect.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace devp2p {

/// A session runs, with its handlers. Followed by exactly one `peer_dropped`.
struct peer_added {
  peer_info peer;

  friend auto inspect(auto& f, peer_added& x) { return inspect_fields(f, {"peer"}, x.peer); }
};

/// The reason for the end of a session.
struct session_end {
  disconnect_reason reason = disconnect_reason::requested;
  /// Whether the remote sent `reason`; otherwise it was found, or asked for, at this end.
  bool remote_requested = false;
  /// Whether the remote is to be told `reason`; the connection may break before it has been.
  bool sent = false;
  /// A description for people: what happened, and to whom; for an exception, its text.
  std::string error;
  /// The error for programs. Zero if it is not an error of this library but, say, a protocol's own.
  errc code = errc{};

  friend bool operator==(const session_end&, const session_end&) = default;

  friend auto inspect(auto& f, session_end& x) {
    return inspect_fields(f, {"reason", "remote_requested", "sent", "error", "code"}, x.reason,
                          x.remote_requested, x.sent, x.error, x.code);
  }
};

/// A session that ran is over, and its slot is free.
struct peer_dropped {
  node_id id;
  endpoint remote;
  bool inbound = false;
  session_end end;
  /// The time for which the session has run.
  std::chrono::nanoseconds lasted{0};
  round_trip ping = {};
  /// The protocols and their counters at the end. Empty if there was no memory for them; and so are
  /// all three if the supervisor of the session was killed.
  std::vector<shared_protocol> protocols = {};

  friend auto inspect(auto& f, peer_dropped& x) {
    return inspect_fields(f, {"id", "remote", "inbound", "end", "lasted", "ping", "protocols"},
                          x.id, x.remote, x.inbound, x.end, x.lasted, x.ping, x.protocols);
  }
};

/// A session has ended before it ran.
struct session_failed {
  /// Zero if the identity is unknown: the remote dialled us and has not proved it.
  node_id id;
  endpoint remote;
  bool inbound = false;
  session_end end;

  friend auto inspect(auto& f, session_failed& x) {
    return inspect_fields(f, {"id", "remote", "inbound", "end"}, x.id, x.remote, x.inbound, x.end);
  }
};

/// A message of a sub-protocol was sent or received. Reported only if `settings::message_events` is
/// set.
struct message_event {
  node_id id;
  capability protocol;
  std::uint64_t code = 0;
  /// The payload's size in bytes, uncompressed.
  std::uint64_t size = 0;
  /// Whether this end sent the message.
  bool sent = false;

  friend auto inspect(auto& f, message_event& x) {
    return inspect_fields(f, {"id", "protocol", "code", "size", "sent"}, x.id, x.protocol, x.code,
                          x.size, x.sent);
  }
};

} // namespace devp2p
