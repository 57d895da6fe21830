// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "benchmark.hpp"

#include <string_view>

namespace devp2p::bench {

/// Measures round trips of a small message, one at a time, for each place of handlers.
void add_round_trips(std::string_view benchmark, const options& chosen, report& out);

} // namespace devp2p::bench
