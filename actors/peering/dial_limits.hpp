// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>

namespace devp2p {

/// The bounds of a dial plan. All may be changed while it is in use.
struct dial_limits {
  using duration = std::chrono::nanoseconds;

  /// The number of peers wanted, in both directions together. Trusted nodes are beyond it. 0 wants
  /// none: only nodes that are trusted are dialled.
  std::size_t peers = 50;
  /// The number of those that is kept for remotes that dial us.
  std::size_t kept_for_inbound = 33;
  /// The maximum number of dials under way.
  std::size_t max_dialling = 50;

  /// The time from one dial of a node to the next, at least. Others refuse a remote that comes back
  /// within 30 s.
  duration redial_after = std::chrono::seconds{35};
  /// The random time that is added to it, at most, so that two nodes do not dial each other in
  /// step.
  duration redial_jitter = std::chrono::seconds{10};
  /// The longest delay of a static or trusted node, whatever its endings or the reputation say.
  duration longest_kept_delay = std::chrono::minutes{10};
  /// A session that ends earlier counts as a failed dial.
  duration proven_after = std::chrono::minutes{1};

  /// The maximum number of candidates of all sources. Static and trusted nodes are beyond it.
  std::size_t max_candidates = 10'000;
  /// The maximum number of candidates of one source.
  std::size_t max_of_source = 2'500;

  /// The time between two dials while the own link is down, at least.
  duration probe_interval = std::chrono::seconds{10};
  /// Failures within this time before the own link was found to be down are taken back.
  duration blamed_on_link = std::chrono::minutes{2};

  /// The time between two looks at whether a peer should give its place to others: random, from
  /// `churn_after` to `churn_until`.
  duration churn_after = std::chrono::minutes{3};
  duration churn_until = std::chrono::minutes{7};
  /// A younger peer does not give up its place.
  duration churn_age = std::chrono::minutes{10};

  friend bool operator==(const dial_limits&, const dial_limits&) = default;
};

} // namespace devp2p
