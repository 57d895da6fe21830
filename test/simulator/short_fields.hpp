// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/json_document.hpp"

#include <string>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// Returns the members of a scenario file by name, each as one line of JSON of at most 200 bytes:
/// the rest of a long list is a text that says so, and what is too
/// long ends with dots. Leaves out `schedule` and `check`, and all if
/// `from` is no object.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> short_fields(const json_value& from);

} // namespace devp2p::simulator
