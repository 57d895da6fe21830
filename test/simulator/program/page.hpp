// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace devp2p::tool {

// Pages for a browser, each with its style, its scripts and Chart.js in it, as `embed.cmake`
// assembles them when the tool is built. `@DATA@` stands where figures are to be put.

/// The report of one run.
[[nodiscard]] std::string_view report_page();
/// The figures of a sweep.
[[nodiscard]] std::string_view sweep_page();

/// Returns the page with these figures in it.
[[nodiscard]] std::string filled(std::string_view page, const nlohmann::ordered_json& figures);

} // namespace devp2p::tool
