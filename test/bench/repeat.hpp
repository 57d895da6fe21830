// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "benchmark.hpp"

#include <vector>

namespace devp2p::bench {

/// Returns what `measure(seconds)` finds in each repetition, after a shorter one that does not
/// count.
template <class Measure>
std::vector<figures> repeat(const options& chosen, Measure measure) {
  measure(chosen.seconds / 4);
  std::vector<figures> out;
  while (out.size() < chosen.repetitions)
    out.push_back(measure(chosen.seconds));
  return out;
}

} // namespace devp2p::bench
