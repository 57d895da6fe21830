// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace devp2p::tool {

/// The distribution of a delay: counts in bins of a quarter of an octave, from a nanosecond to
/// centuries. So a bin is at most 25 % wide.
class delays {
public:
  void add(std::chrono::nanoseconds x);

  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// Returns the bins from the first to the last that has any, as `[from in seconds, count]`, and
  /// the bins' ends below which half and 99 % of the delays are.
  [[nodiscard]] nlohmann::ordered_json write() const;

private:
  static constexpr std::size_t bins = 256;

  [[nodiscard]] double quantile(std::uint64_t percent) const;

  std::array<std::uint64_t, bins> counts_{};
  std::uint64_t count_ = 0;
};

} // namespace devp2p::tool
