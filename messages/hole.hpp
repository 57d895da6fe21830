// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/node_id.hpp"

#include <caf/error.hpp>

#include <chrono>

namespace devp2p {

/// A UDP path to another node, through the NATs of both.
struct hole {
  node_id peer;
  /// The endpoint of this end.
  endpoint local;
  /// The external endpoint of `local`, as the rendezvous has seen it.
  endpoint observed;
  /// The other node's endpoint, as reached from `local`. It need not be what the rendezvous has
  /// seen.
  endpoint remote;
  std::chrono::nanoseconds round_trip{0};

  friend bool operator==(const hole&, const hole&) = default;

  friend auto inspect(auto& f, hole& x) {
    return inspect_fields(f, {"peer", "local", "observed", "remote", "round_trip"}, x.peer, x.local,
                          x.observed, x.remote, x.round_trip);
  }
};

/// A hole through which no answer comes any more.
struct hole_lost {
  hole lost;
  caf::error why;

  friend auto inspect(auto& f, hole_lost& x) {
    return inspect_fields(f, {"lost", "why"}, x.lost, x.why);
  }
};

} // namespace devp2p
