// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace devp2p::tool {

/// page.html with its style, its scripts and Chart.js in it, as `embed.cmake` puts it together when
/// the tool is built. The run's figures belong in the place of `@DATA@`, as JSON.
[[nodiscard]] std::string_view report_page();

} // namespace devp2p::tool
