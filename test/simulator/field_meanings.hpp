// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <map>
#include <string_view>

namespace devp2p::simulator {

/// Returns a line for people about each field of a scenario, by its path: `line.latency_ms`,
/// `schedule[].at_s`; and about some words, such as `schedule[].do=crash`.
[[nodiscard]] const std::map<std::string_view, std::string_view>& field_meanings();

} // namespace devp2p::simulator
