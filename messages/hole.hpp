// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/node_id.hpp"

#include <caf/error.hpp>
#include <caf/timespan.hpp>

namespace devp2p {

/// A UDP path to another node, through the NATs of both.
struct hole {
  node_id peer;
  /// Our port, and where the rendezvous has seen it.
  endpoint local;
  endpoint observed;
  /// Where the other is reached from our port; need not be where the rendezvous has seen it.
  endpoint remote;
  caf::timespan round_trip{0};

  friend bool operator==(const hole&, const hole&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, hole& x) {
    return f(x.peer, x.local, x.observed, x.remote, x.round_trip);
  }
};

/// Nothing comes through any more.
struct hole_lost {
  hole lost;
  caf::error why;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, hole_lost& x) {
    return f(x.lost, x.why);
  }
};

} // namespace devp2p
