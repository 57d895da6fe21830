// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace devp2p::test {

/// Octets of the heap that are in use in this program.
[[nodiscard]] std::size_t live_memory();

} // namespace devp2p::test
