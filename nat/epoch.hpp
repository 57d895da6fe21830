// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace devp2p::nat {

/// Tells from a server's epochs whether it has lost its mappings in between (RFC 6887, section 8.5;
/// RFC 6886, section 3.6). A value without a clock.
class epoch_watch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// An answer with this epoch has come. False if it does not follow from the one before.
  bool on_answer(std::uint32_t epoch, time_point now) {
    using std::chrono::seconds;
    auto before = std::exchange(last_, seen{epoch, now});
    if (!before)
      return true;
    // A second or so is lost in rounding and under way.
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
