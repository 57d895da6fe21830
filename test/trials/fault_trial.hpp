// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "trial.hpp"

namespace devp2p::trials {

/// Runs two nodes, and a fault at one of them or between them.
[[nodiscard]] outcome run_fault(const trial& what);
[[nodiscard]] std::vector<trial> faults_with(std::uint64_t seed);

} // namespace devp2p::trials
