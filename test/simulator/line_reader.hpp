// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/memory_network.hpp"
#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/line_change.hpp"

#include <string_view>

namespace devp2p::simulator {

/// Reads the conditions of a line from the object that is the member `name`. Throws a
/// `json_complaint`.
[[nodiscard]] net::line_conditions read_line(json_fields& outer, std::string_view name);
/// Reads a change of such conditions, likewise.
[[nodiscard]] line_change read_line_change(json_fields& outer, std::string_view name);

} // namespace devp2p::simulator
