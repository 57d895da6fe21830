// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/json_document.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <cstddef>

/// Changes to a scenario as a document, before its fields are read.
namespace devp2p::simulator {

inline constexpr std::size_t max_variables = 1000;
/// The maximum size of a text that is the value of a variable, in bytes.
inline constexpr std::size_t max_variable_size = 100;

/// Puts a value in its place. What leads there is added if it is missing, except elements of lists.
/// The value has no line, since it does not stand in the file. Throws a `json_complaint` if there
/// cannot be such a place.
void set_value(json_value& document, const field_value& what);

/// Replaces each text `"$NAME"` by the value that the member `variables` gives to the name, and
/// `"$$..."` by `"$..."`. Throws a `json_complaint` if there is no such variable, or if none of the
/// texts names a variable that there is: in a document that was `changed`, one that was set.
void replace_variables(json_value& document, bool changed = false);

} // namespace devp2p::simulator
