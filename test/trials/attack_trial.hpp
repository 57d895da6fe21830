// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "trial.hpp"

namespace devp2p::trials {

/// Whether the trial is an attack: a node, and a remote that makes one of `kit::attacks()`.
[[nodiscard]] bool is_attack(const trial& what);
[[nodiscard]] outcome run_attack(const trial& what);
[[nodiscard]] std::vector<trial> attacks_with(std::uint64_t seed);

} // namespace devp2p::trials
