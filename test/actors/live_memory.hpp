// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace devp2p::test {

/// Octets that `operator new` has given out in this program and that are still in use.
[[nodiscard]] std::size_t live_memory();

} // namespace devp2p::test
