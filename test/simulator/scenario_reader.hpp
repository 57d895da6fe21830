// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace devp2p::simulator {

/// Reads the fields of a scenario from a document without variables. Throws a `json_complaint`, the
/// last one if there may be several. Every field that a scenario may have is asked for, whatever
/// the document, so that `how.shape` becomes the description of the format.
scenario read_fields(const model& known, const json_value& document, file_reading& how,
                     const std::string& beside, std::optional<std::uint64_t> seed);

} // namespace devp2p::simulator
