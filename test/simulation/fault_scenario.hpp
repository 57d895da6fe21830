// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scenario.hpp"

namespace devp2p::simulation {

/// Runs two nodes, and a fault at one of them or between them.
[[nodiscard]] outcome run_fault(const scenario& what);
[[nodiscard]] std::vector<scenario> faults_with(std::uint64_t seed);

} // namespace devp2p::simulation
