// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace devp2p::kit {

/// Returns the seeds 1 to `count`; or the one that the environment's `DEVP2P_SEED` names. Throws
/// `std::invalid_argument` if that is no number.
[[nodiscard]] std::vector<std::uint64_t> seeds_to_try(std::size_t count);

/// Writes to the standard error that `seed` has failed, and the command that tries it alone: this
/// program with its arguments, and `DEVP2P_SEED`.
void tell_how_to_replay(std::uint64_t seed) noexcept;

/// Calls `trial` with each of the seeds 1 to `count`, until one fails: `trial` throws, as a test
/// framework's requirement does (BOOST_REQUIRE, but not BOOST_TEST), or returns false. The failed
/// seed is then told with the command that tries it alone. Returns false if `trial` did; what it
/// throws is thrown on.
template <class Trial>
bool for_each_seed(std::size_t count, Trial trial) {
  for (auto seed : seeds_to_try(count))
    try {
      if constexpr (std::is_void_v<decltype(trial(seed))>) {
        trial(seed);
      } else if (!trial(seed)) {
        tell_how_to_replay(seed);
        return false;
      }
    } catch (...) {
      tell_how_to_replay(seed);
      throw;
    }
  return true;
}

} // namespace devp2p::kit
