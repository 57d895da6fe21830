// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/info.hpp"

#include <string>

namespace devp2p {

/// A session runs, with its handlers. Followed by exactly one `peer_dropped`.
struct peer_added {
  peer_info peer;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, peer_added& x) {
    return f(x.peer);
  }
};

/// Why a session is over.
struct session_end {
  disconnect_reason reason = disconnect_reason::requested;
  /// The remote sent `reason`; otherwise it was found, or asked for, here.
  bool remote_requested = false;
  /// Whether the remote is to be told; the connection may break before it has been.
  bool sent = false;
  /// For people: what happened, and to whom; what an exception said, if it was one.
  std::string error;
  /// For programs: what happened. Zero if it is no error of ours but, say, a protocol's own.
  errc code = errc{};

  friend bool operator==(const session_end&, const session_end&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, session_end& x) {
    return f(x.reason, x.remote_requested, x.sent, x.error, x.code);
  }
};

/// A session that ran is over; its slot is free.
struct peer_dropped {
  node_id id;
  endpoint remote;
  bool inbound = false;
  session_end end;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, peer_dropped& x) {
    return f(x.id, x.remote, x.inbound, x.end);
  }
};

/// A session ended before it ran.
struct session_failed {
  /// Zero if the remote did not get as far as to prove who it is.
  node_id id;
  endpoint remote;
  bool inbound = false;
  session_end end;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, session_failed& x) {
    return f(x.id, x.remote, x.inbound, x.end);
  }
};

/// A message of a sub-protocol went by; only if `settings::message_events` asks for it.
struct message_event {
  node_id id;
  capability protocol;
  std::uint64_t code = 0;
  /// Octets of its payload, uncompressed.
  std::uint64_t size = 0;
  /// From us to the remote.
  bool sent = false;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, message_event& x) {
    return f(x.id, x.protocol, x.code, x.size, x.sent);
  }
};

} // namespace devp2p
