// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

namespace devp2p::tool {

/// Returns a bar for a `status_line`, `[######            ]`. `done` is the share that is done,
/// from 0 to 1.
[[nodiscard]] std::string progress_bar(double done);

} // namespace devp2p::tool
