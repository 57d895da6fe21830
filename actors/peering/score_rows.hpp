// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/scores.hpp"
#include "devp2p/actors/peering/stored_peers.hpp"
#include "devp2p/actors/peering/unix_time.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

/// Scores as rows of a `peer_store`, and back. `now` is the time of day.
namespace devp2p {

[[nodiscard]] inline stored_score to_row(const scores::record& x,
                                         std::chrono::system_clock::time_point now) {
  auto before = [&](scores::duration age) {
    return now - std::chrono::duration_cast<std::chrono::system_clock::duration>(age);
  };
  return {.id = x.id,
          .score = static_cast<double>(x.score),
          .failures = x.failures,
          .changed = before(x.score_age),
          .failed = before(x.failure_age),
          .bans = x.bans,
          .banned_until = before(-x.banned_for),
          .network = x.network};
}

/// A last change in the future, which a clock that was set back leaves, is now. A file may hold any
/// number.
[[nodiscard]] inline scores::record to_record(const stored_score& x,
                                              std::chrono::system_clock::time_point now) {
  constexpr std::int64_t longest = std::chrono::seconds{std::chrono::years{50}}.count();
  auto until = [&](std::chrono::system_clock::time_point then) -> scores::duration {
    auto end = to_unix_time(then);
    auto begin = to_unix_time(now);
    return std::chrono::seconds{std::clamp(end, begin - longest, begin + longest) - begin};
  };
  auto age = [&](auto then) { return std::max(-until(then), scores::duration{0}); };
  return {.id = x.id,
          .network = x.network,
          .score = std::isfinite(x.score) ? static_cast<int>(std::clamp(x.score, -1e6, 1e6)) : 0,
          .score_age = age(x.changed),
          .failures = x.failures,
          .failure_age = age(x.failed),
          .bans = x.bans,
          .banned_for = until(x.banned_until)};
}

} // namespace devp2p
