// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/memory_network.hpp"
#include "devp2p/simulator/json_document.hpp"
#include "devp2p/simulator/line_change.hpp"

#include <string>

namespace devp2p::simulator {

/// Reads the conditions of a line from an object, which errors call `path`. Throws a
/// `json_complaint`.
[[nodiscard]] net::line_conditions read_line(const json_value& from, const std::string& path);
/// Reads a change of such conditions, likewise.
[[nodiscard]] line_change read_line_change(const json_value& from, const std::string& path);

} // namespace devp2p::simulator
