// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scenario.hpp"

namespace devp2p::simulation {

/// Whether the scenario is an attack: a node, and a remote that makes one of `kit::attacks()`.
[[nodiscard]] bool is_attack(const scenario& what);
[[nodiscard]] outcome run_attack(const scenario& what);
[[nodiscard]] std::vector<scenario> attacks_with(std::uint64_t seed);

} // namespace devp2p::simulation
