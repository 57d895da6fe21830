// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace devp2p::test {

/// Returns the number of bytes of the heap that this program uses.
[[nodiscard]] std::size_t live_memory();

} // namespace devp2p::test
