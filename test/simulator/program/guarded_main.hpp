// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>

namespace devp2p::tool {

/// The body of `main`: calls `run`, and reports on stderr what it throws, and that stdout cannot be
/// written. Returns the exit status.
int guarded_main(const std::function<int()>& run);

} // namespace devp2p::tool
