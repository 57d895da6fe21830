// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace devp2p::tool {

/// Returns page.html with its style, its scripts and Chart.js in it, as `embed.cmake` assembles it
/// when the tool is built. The caller puts the run's figures in the place of `@DATA@`, as JSON.
[[nodiscard]] std::string_view report_page();

} // namespace devp2p::tool
