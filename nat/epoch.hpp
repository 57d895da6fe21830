// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace devp2p::nat {

/// Detects from the epochs of a server whether it has lost its mappings in between (RFC 6887,
/// section 8.5; RFC 6886, section 3.6). A value that reads no clock.
class epoch_watch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Records an answer with this epoch. Returns false if the epoch does not follow from the
  /// previous one.
  bool on_answer(std::uint32_t epoch, time_point now) {
    using std::chrono::seconds;
    auto before = std::exchange(last_, seen{epoch, now});
    if (!before)
      return true;
    // Rounding and network delay may account for about a second.
    if (std::int64_t{epoch} < std::int64_t{before->epoch} - 1)
      return false;
    auto theirs = std::int64_t{epoch} - before->epoch;
    auto ours = std::chrono::floor<seconds>(now - before->when).count();
    return ours + 2 >= theirs - theirs / 16 && theirs + 2 >= ours - ours / 16;
  }

private:
  struct seen {
    std::uint32_t epoch;
    time_point when;
  };
  std::optional<seen> last_;
};

} // namespace devp2p::nat
